import { ContainerClient, type StoragePipelineOptions, StorageSharedKeyCredential } from '@azure/storage-blob';
import { AppError } from '../../../core/errors.ts';
import { SignedInCredential } from '../signed-in-credential.ts';
import { agentFor } from './archive-agent.ts';

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
const oneTry = { retryOptions: { maxTries: 1 }, keepAliveOptions: { enable: true } } as const;

/**
 * A client of one container; connects on first use.
 *
 * @throws AppError CONFIG_INVALID where a secret or the endpoint is malformed; the text holds neither.
 */
export function containerClient(connection: ArchiveConnection, account: string, container: string): ContainerClient {
  try {
    const connect = connectorOf(connection, account, container);
    const plain = connect(oneTry);
    const agent = agentFor(plain.url);
    // An option of the SDK's pipeline, which the client hands on to it.
    const withAgent = { ...oneTry, agent };
    return agent === undefined ? plain : connect(withAgent);
  } catch (fault) {
    if (fault instanceof AppError) throw fault;
    throw new AppError(
      'CONFIG_INVALID',
      `Cannot use the settings under archive for the account ${account}: the endpoint or a secret is malformed. A connection string reads DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…, an endpoint https://{account}.blob.core.windows.net.`,
    );
  }
}

type Connect = (options: StoragePipelineOptions) => ContainerClient;

function connectorOf(connection: ArchiveConnection, account: string, container: string): Connect {
  const { connectionString, sas, accountKey } = connection;
  if (connectionString !== null) {
    const text = checkedFor(account, connectionString);
    return (options) => new ContainerClient(text, container, options);
  }
  const url = `${endpointOf(connection, account)}/${encodeURIComponent(container)}`;
  if (sas !== null) {
    const signed = `${url}?${sas.replace(/^\?/, '')}`;
    return (options) => new ContainerClient(signed, undefined, options);
  }
  const credential =
    accountKey === null ? new SignedInCredential() : new StorageSharedKeyCredential(account, accountKey);
  return (options) => new ContainerClient(url, credential, options);
}

function checkedFor(account: string, connectionString: string): string {
  const [, named] = /(?:^|;)AccountName=([^;]+)/i.exec(connectionString) ?? [];
  if (named !== undefined && named.toLowerCase() !== account) {
    throw new AppError(
      'CONFIG_INVALID',
      `The connection string of the archive is for the account ${named}, not for ${account}: name az://${named}/… or set another one.`,
    );
  }
  return connectionString;
}

function endpointOf({ endpoint }: ArchiveConnection, account: string): string {
  const url = (endpoint ?? 'https://{account}.blob.core.windows.net').replace('{account}', account).replace(/\/$/, '');
  if (!/^https?:\/\//.test(url)) throw new TypeError('no URL');
  return url;
}
