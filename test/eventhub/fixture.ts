import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventHubConsumerClient,
  EventHubProducerClient,
  type EventPosition,
  earliestEventPosition,
  type ReceivedEventData,
  type SubscribeOptions,
} from '@azure/event-hubs';
import { onTestFinished } from 'vitest';
import { EventHubEndpoint, type EventHubEndpointOptions } from '../../src/eventhub/server.ts';

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'eventhub-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An endpoint with one hub, `logs`, of two partitions, that is closed with the test. */
export async function startEndpoint(options: Partial<EventHubEndpointOptions> = {}): Promise<EventHubEndpoint> {
  const endpoint = await EventHubEndpoint.start({
    dataDir: options.dataDir ?? (await temporaryFolder()),
    hubs: [{ name: 'logs', partitions: 2, consumerGroups: ['second'] }],
    keys: { root: 'bm90IGEgc2VjcmV0' },
    ...options,
  });
  onTestFinished(() => endpoint.close());
  return endpoint;
}

const RETRY = { maxRetries: 0, timeoutInMs: 20_000 };

export function producerOf(connectionString: string, retryOptions = RETRY): EventHubProducerClient {
  const producer = new EventHubProducerClient(connectionString, { retryOptions });
  onTestFinished(() => producer.close());
  return producer;
}

export function consumerOf(connectionString: string, group = '$Default'): EventHubConsumerClient {
  const consumer = new EventHubConsumerClient(group, connectionString, { retryOptions: RETRY });
  onTestFinished(() => consumer.close());
  return consumer;
}

export interface Received extends ReceivedEventData {
  readonly partitionId: string;
}

/** Receives from one partition until `until` says that it is enough, or the SDK reports an error. */
export async function receive(
  consumer: EventHubConsumerClient,
  partitionId: string,
  until: (events: readonly Received[]) => boolean,
  startPosition: EventPosition = earliestEventPosition,
  options: SubscribeOptions = {},
): Promise<Received[]> {
  const events: Received[] = [];
  const { promise, resolve, reject } = deferred();
  const subscription = consumer.subscribe(
    partitionId,
    {
      async processEvents(batch) {
        for (const event of batch) events.push({ ...event, partitionId });
        if (until(events)) resolve();
      },
      async processError(error) {
        reject(error);
      },
    },
    { startPosition, maxWaitTimeInSeconds: 1, maxBatchSize: 100, ...options },
  );
  await promise.finally(() => subscription.close());
  return events;
}

export const atLeast =
  (count: number) =>
  (events: readonly Received[]): boolean =>
    events.length >= count;

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** `count` bodies that name themselves. */
export function numbered(count: number, prefix = 'event'): { body: string }[] {
  return Array.from({ length: count }, (_, at) => ({ body: `${prefix} ${at}` }));
}
