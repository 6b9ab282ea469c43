import { EventHubConsumerClient } from '@azure/event-hubs';
import { AppError, errorClause, errorText } from '../../core/errors.ts';
import { SignedInCredential } from './signed-in-credential.ts';

/** Which hub, as which consumer group, and how to sign in: a connection string, else Entra ID for the namespace. */
export interface EventHubsConnection {
  readonly eventHubName: string;
  readonly consumerGroup: string;
  /** Secret. */
  readonly connectionString: string | null;
  /** `NAMESPACE.servicebus.windows.net`, used with Entra ID where there is no connection string. */
  readonly fullyQualifiedNamespace: string | null;
}

/** A client of the hub; connects on first use. @throws AppError CONFIG_INVALID where the connection string is malformed. */
export function eventHubsClient(connection: EventHubsConnection): EventHubConsumerClient {
  const { consumerGroup, connectionString, fullyQualifiedNamespace, eventHubName } = connection;
  const options = { retryOptions: { maxRetries: 2, timeoutInMs: 15_000, retryDelayInMs: 250 } };
  try {
    if (connectionString !== null)
      return new EventHubConsumerClient(consumerGroup, connectionString, eventHubName, options);
  } catch (cause) {
    throw new AppError(
      'CONFIG_INVALID',
      `The Event Hubs connection string for hub ${eventHubName} cannot be used: ${withoutKey(errorClause(cause))}. It reads Endpoint=sb://NAMESPACE.servicebus.windows.net/;SharedAccessKeyName=…;SharedAccessKey=….`,
    );
  }
  if (fullyQualifiedNamespace === null) {
    throw new AppError(
      'CONFIG_INVALID',
      `No way to reach Event Hubs hub ${eventHubName}: set eventhubs.fully_qualified_namespace, or SASWATCH_EVENTHUBS__CONNECTION_STRING.`,
    );
  }
  return new EventHubConsumerClient(
    consumerGroup,
    fullyQualifiedNamespace,
    eventHubName,
    new SignedInCredential(),
    options,
  );
}

/** Longest wait for the goodbye of a namespace. */
const closeMsMax = 5_000;

/**
 * Closes clients of the SDK or their subscriptions, or leaves them after a while: where the connection breaks amid closing, the
 * SDK's promise never settles.
 */
export async function closeOrLeave(...open: readonly { close(): Promise<void> }[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeMsMax);
  });
  await Promise.race([Promise.allSettled(open.map((each) => each.close())), late]);
  clearTimeout(timer);
}

/**
 * Partitions of the hub with the sequence number behind their newest event.
 *
 * @throws AppError SOURCE_AUTH, SOURCE_UNAVAILABLE; the reason of `abortSignal` where it aborts meanwhile.
 */
export async function hubPartitions(
  connection: EventHubsConnection,
  abortSignal: AbortSignal,
): Promise<{ partitionId: string; end: bigint }[]> {
  const client = eventHubsClient(connection);
  try {
    const ids = await client.getPartitionIds({ abortSignal });
    return await Promise.all(
      ids.map(async (partitionId) => {
        const properties = await client.getPartitionProperties(partitionId, { abortSignal });
        return { partitionId, end: properties.isEmpty ? 0n : BigInt(properties.lastEnqueuedSequenceNumber) + 1n };
      }),
    );
  } catch (cause) {
    abortSignal.throwIfAborted();
    throw hubError(connection, cause);
  } finally {
    await closeOrLeave(client);
  }
}

/** SDK error codes that no retry mends, with what to do about each. */
const remedies: Readonly<Record<string, string>> = {
  UnauthorizedError: 'the key or its name is wrong, or the identity lacks the role Azure Event Hubs Data Receiver',
  MessagingEntityNotFoundError: 'the hub or the consumer group does not exist in this namespace',
  InvalidOperationError: 'the namespace refuses this operation',
};

/** True where trying again may help. */
export function isTransient(error: unknown): boolean {
  return !(errorCode(lastAttempt(error)) in remedies);
}

/** The SDK's error as ours: SOURCE_AUTH where signing in failed, SOURCE_UNAVAILABLE else; no key in its text. */
export function hubError({ eventHubName, fullyQualifiedNamespace }: EventHubsConnection, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const attempt = lastAttempt(cause);
  const code = errorCode(attempt);
  const where = `Event Hubs hub ${eventHubName}${fullyQualifiedNamespace === null ? '' : ` in ${fullyQualifiedNamespace}`}`;
  if (errorText(attempt).includes('CredentialUnavailableError')) {
    return new AppError(
      'SOURCE_AUTH',
      `Cannot read ${where}: no Azure identity is at hand; sign in with the Azure CLI, or set SASWATCH_EVENTHUBS__CONNECTION_STRING.`,
      { cause },
    );
  }
  const why = remedies[code] ?? 'the namespace does not answer; check its name, the network and the port (5671)';
  return new AppError(
    code === 'UnauthorizedError' ? 'SOURCE_AUTH' : 'SOURCE_UNAVAILABLE',
    `Cannot read ${where}: ${why} (${code || 'error'}: ${withoutKey(errorText(attempt))}).`,
    { retryable: isTransient(cause) },
  );
}

/** The SDK throws all attempts of one call as an AggregateError without text or code of its own. */
function lastAttempt(error: unknown): unknown {
  return error instanceof AggregateError ? error.errors.at(-1) : error;
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function withoutKey(text: string): string {
  return text.replace(/(SharedAccessKey|SharedAccessSignature|sig)=[^;&\s]+/gi, '$1=XXXXX');
}
