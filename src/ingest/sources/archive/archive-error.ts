import { RestError } from '@azure/storage-blob';
import { AppError, errorText } from '../../../core/errors.ts';

const retryableStatus: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

const role =
  'the role Storage Blob Data Reader on the account or container (for a SAS: the permissions read and list, sp=rl)';

/** What the service's error codes mean for whoever set this up. */
const remedies: Readonly<Record<string, string>> = {
  AuthorizationPermissionMismatch: `the identity may sign in but lacks ${role}`,
  AuthorizationFailure: `access was refused: a firewall rule of the account, or a missing right; needed is ${role}`,
  AuthorizationResourceTypeMismatch: 'the SAS is not for containers and objects: it needs srt=co',
  AuthorizationServiceMismatch: 'the SAS is not for blobs: it needs ss=b',
  AuthenticationFailed: 'the key, the SAS or the token is wrong or has expired',
  InvalidAuthenticationInfo: 'the token is not one for Azure Storage, or of another tenant',
  NoAuthenticationInformation:
    'the account wants credentials: set SASWATCH_ARCHIVE__SAS, …__ACCOUNT_KEY or …__CONNECTION_STRING, or sign in with the Azure CLI',
  PublicAccessNotPermitted:
    'the account wants credentials: set SASWATCH_ARCHIVE__SAS, …__ACCOUNT_KEY or …__CONNECTION_STRING, or sign in with the Azure CLI',
  KeyBasedAuthenticationNotPermitted: 'the account takes no keys: sign in with an Entra ID identity instead',
  ContainerNotFound: 'there is no such container in this account',
  ResourceNotFound: 'there is no such account or container',
  AccountIsDisabled: 'the account is disabled',
};

const authCodes =
  /^(?:Auth|InvalidAuth|NoAuth|PublicAccess|KeyBased)|CredentialUnavailable|AuthenticationRequired|AggregateAuthentication/;

/** A body that broke off before its promised length. */
export class TruncatedBody extends Error {
  override readonly name = 'TruncatedBody';
}

/** The status of the service's answer; undefined where there was none. */
export function statusOf(fault: unknown): number | undefined {
  return fault instanceof RestError ? fault.statusCode : undefined;
}

/** The service's error code, else the network's; empty where there is neither. */
export function codeOf(fault: unknown): string {
  if (!(fault instanceof Error)) return '';
  const details = fault instanceof RestError ? (fault.details as { errorCode?: string } | undefined) : undefined;
  if (details?.errorCode !== undefined) return details.errorCode;
  if ('code' in fault && typeof fault.code === 'string') return fault.code;
  return fault.name;
}

/** True where the same request may succeed later: throttling, a busy or broken server, a broken or silent connection. */
export function isRetryable(fault: unknown): boolean {
  const status = statusOf(fault);
  if (status !== undefined) return retryableStatus.has(status);
  return fault instanceof Error && !authCodes.test(codeOf(fault)) && !(fault instanceof TypeError);
}

/** True where the account's name does not resolve: minutes of trying do not help a run that ends. */
export function isUnknownHost(fault: unknown): boolean {
  const code = codeOf(fault);
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN';
}

/** How long the service asks to be left alone; undefined where it does not say. */
export function retryAfterMs(fault: unknown): number | undefined {
  if (!(fault instanceof RestError)) return undefined;
  const seconds = Number(fault.response?.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(60, seconds) * 1_000 : undefined;
}

/** Any fault of the SDK as ours: SOURCE_AUTH where it is about rights, SOURCE_UNAVAILABLE else; no signature in its text. */
export function archiveError(what: string, fault: unknown): AppError {
  if (fault instanceof AppError) return fault;
  const code = codeOf(fault);
  const why = remedies[code] ?? plainReason(code, fault);
  const auth = authCodes.test(code) || statusOf(fault) === 401 || statusOf(fault) === 403;
  return new AppError(
    auth ? 'SOURCE_AUTH' : 'SOURCE_UNAVAILABLE',
    `Cannot read ${what}: ${why} (${statusOf(fault) ?? 'no answer'}${code === '' ? '' : `, ${code}`}).`,
    { retryable: isRetryable(fault) },
  );
}

function plainReason(code: string, fault: unknown): string {
  if (isUnknownHost(fault)) return 'there is no account of this name, or no name service';
  if (authCodes.test(code))
    return 'no Azure identity is at hand: set SASWATCH_ARCHIVE__SAS, …__ACCOUNT_KEY or …__CONNECTION_STRING, or sign in with the Azure CLI';
  const [line = ''] = errorText(fault).split('\n');
  return line.replaceAll(/(sig|AccountKey|Bearer)([=\s])[^;&\s]+/gi, '$1$2XXXXX').slice(0, 200);
}
