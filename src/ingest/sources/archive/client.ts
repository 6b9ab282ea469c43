import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { AppError } from '../../../core/errors.ts';
import { SignedInCredential } from '../signed-in-credential.ts';

/** How to reach the accounts of archives and sign in to them; the first of the secrets that is set is used. */
export interface ArchiveConnection {
  /** URL of the blob service with `{account}` for the account's name; null: the public cloud. */
  readonly endpoint: string | null;
  /** Secret. */
  readonly connectionString: string | null;
  /** Secret: an account or container SAS without its `?`. */
  readonly sas: string | null;
  /** Secret. */
  readonly accountKey: string | null;
}

/** One try a call: trying again is the request gate's. */
const options = { retryOptions: { maxTries: 1 }, keepAliveOptions: { enable: true } } as const;

/**
 * A client of one container; connects on first use.
 *
 * @throws AppError CONFIG_INVALID where a secret or the endpoint is malformed; the text holds neither.
 */
export function containerClient(connection: ArchiveConnection, account: string, container: string): ContainerClient {
  const { connectionString, sas, accountKey } = connection;
  try {
    if (connectionString !== null) return ofConnectionString(connectionString, account, container);
    const url = `${endpointOf(connection, account)}/${encodeURIComponent(container)}`;
    if (sas !== null) return new ContainerClient(`${url}?${sas.replace(/^\?/, '')}`, undefined, options);
    if (accountKey !== null) {
      return new ContainerClient(url, new StorageSharedKeyCredential(account, accountKey), options);
    }
    return new ContainerClient(url, new SignedInCredential(), options);
  } catch (fault) {
    if (fault instanceof AppError) throw fault;
    throw new AppError(
      'CONFIG_INVALID',
      `Cannot use the settings under archive for the account ${account}: the endpoint or a secret is malformed. A connection string reads DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…, an endpoint https://{account}.blob.core.windows.net.`,
    );
  }
}

function ofConnectionString(text: string, account: string, container: string): ContainerClient {
  const [, named] = /(?:^|;)AccountName=([^;]+)/i.exec(text) ?? [];
  if (named !== undefined && named.toLowerCase() !== account) {
    throw new AppError(
      'CONFIG_INVALID',
      `The connection string of the archive is for the account ${named}, not for ${account}: name az://${named}/… or set another one.`,
    );
  }
  return new ContainerClient(text, container, options);
}

function endpointOf({ endpoint }: ArchiveConnection, account: string): string {
  const url = (endpoint ?? 'https://{account}.blob.core.windows.net').replace('{account}', account).replace(/\/$/, '');
  if (!/^https?:\/\//.test(url)) throw new TypeError('no URL');
  return url;
}
