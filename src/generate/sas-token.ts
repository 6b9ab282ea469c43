import { createHash, createHmac } from 'node:crypto';

/** What signed a token: an account key (`key1`, `key2`) or a user delegation key. */
export interface SigningKey {
  readonly name: string;
  readonly base64: string;
}

export type SasKind = 'sas_account' | 'sas_service' | 'sas_user_delegation';

/** The query parameters of a SAS, as written in the URL but not yet percent-encoded, without `sig`. */
export type SasParameters = Readonly<Record<string, string>>;

/** A signed SAS and every form of it the generator needs. `signature` and `rawQuery` are secrets: they stay in memory. */
export interface SasToken {
  readonly name: string;
  readonly kind: SasKind;
  readonly benign: boolean;
  readonly account: string;
  readonly key: SigningKey;
  readonly parameters: SasParameters;
  /** 44 characters of base64, not percent-encoded. */
  readonly signature: string;
  /** 64 upper-case hex digits: SHA-256 of the signature's text. */
  readonly tokenHash: string;
  /** `key1(H1),SasSignature(H2)` as the log has it. */
  readonly logHash: string;
  /** The query with `sig=XXXXX`, as Azure Monitor writes it. */
  readonly redactedQuery: string;
  readonly rawQuery: string;
  /** The URL as its owner hands it out, `sig` included: a secret. */
  readonly url: string;
}

export interface SasRequest {
  readonly name: string;
  readonly benign: boolean;
  readonly account: string;
  readonly key: SigningKey;
  readonly parameters: SasParameters;
  /** `container` or `container/blob`; not used by account SAS. */
  readonly resource?: string;
}

function sha256Hex(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex').toUpperCase();
}

/** H1 of a log's tokenHash: SHA-256 of the decoded key bytes, upper-case hex. */
export function keyHash(key: SigningKey): string {
  return sha256Hex(Buffer.from(key.base64, 'base64'));
}

/** H2 of a log's tokenHash: SHA-256 of the URL-decoded base64 text of `sig` (44 characters, not the 32 bytes). */
export function signatureHash(signature: string): string {
  return sha256Hex(signature);
}

function kindOf(parameters: SasParameters): SasKind {
  if (parameters['skoid'] !== undefined) return 'sas_user_delegation';
  return parameters['srt'] === undefined ? 'sas_service' : 'sas_account';
}

/**
 * The text Azure Storage signs for versions 2018-11-09 (service), 2015-04-05 (account) and 2020-02-10 (user delegation)
 * onwards; from 2020-12-06 on the encryption scope `ses` is part of it.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/create-account-sas
 * @see https://learn.microsoft.com/rest/api/storageservices/create-service-sas
 * @see https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas
 */
function stringToSign({ account, parameters, resource = '' }: SasRequest): string {
  const get = (name: string): string => parameters[name] ?? '';
  const withScope = get('sv') >= '2020-12-06';
  const scope = withScope ? [get('ses')] : [];
  const kind = kindOf(parameters);
  if (kind === 'sas_account') {
    const names = ['sp', 'ss', 'srt', 'st', 'se', 'sip', 'spr', 'sv'];
    return `${[account, ...names.map(get), ...scope].join('\n')}\n`;
  }
  const middle =
    kind === 'sas_service' ? ['si'] : ['skoid', 'sktid', 'skt', 'ske', 'sks', 'skv', 'saoid', 'suoid', 'scid'];
  const head = [get('sp'), get('st'), get('se'), `/blob/${account}/${resource}`, ...middle.map(get)];
  const tail = [get('sip'), get('spr'), get('sv'), get('sr'), get('snapshot'), ...scope];
  return [...head, ...tail, ...['rscc', 'rscd', 'rsce', 'rscl', 'rsct'].map(get)].join('\n');
}

/** Signs a SAS of the kind its parameters name (`skoid`: user delegation, `srt`: account, else service). */
export function mintSas(request: SasRequest): SasToken {
  const { name, benign, account, key, parameters, resource = '' } = request;
  const signature = createHmac('sha256', Buffer.from(key.base64, 'base64'))
    .update(stringToSign(request), 'utf8')
    .digest('base64');
  const tokenHash = signatureHash(signature);
  const query = Object.entries(parameters)
    .map(([parameter, value]) => `${parameter}=${encodeURIComponent(value)}`)
    .join('&');
  const rawQuery = `${query}&sig=${encodeURIComponent(signature)}`;
  return {
    name,
    kind: kindOf(parameters),
    benign,
    account,
    key,
    parameters,
    signature,
    tokenHash,
    logHash: `${key.name}(${keyHash(key)}),SasSignature(${tokenHash})`,
    redactedQuery: `${query}&sig=XXXXX`,
    rawQuery,
    url: `https://${account}.blob.core.windows.net/${resource}?${rawQuery}`,
  };
}
