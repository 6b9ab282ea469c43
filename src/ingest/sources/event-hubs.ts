import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EventHubConsumerClient,
  type EventPosition,
  earliestEventPosition,
  latestEventPosition,
  type ReceivedEventData,
  type Subscription,
} from '@azure/event-hubs';
import { AppError } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import type { Delivery, Source } from '../source.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { closeOrLeave, type EventHubsConnection, eventHubsClient, hubError, isTransient } from './event-hubs-client.ts';

export interface HubPartition {
  readonly partitionId: string;
  /** Sequence number to read next; null: from where `start` says. */
  readonly next: bigint | null;
  /** Sequence number at which reading ends; null: it follows. */
  readonly until: bigint | null;
}

/** The partitions one lane owns until it ends. */
export interface EventHubsAssignment {
  readonly kind: 'event-hubs';
  readonly connection: EventHubsConnection;
  readonly start: 'earliest' | 'latest';
  readonly partitions: readonly HubPartition[];
}

/** Source name of a hub in positions and file names: one hub's partition 0 is not another's. */
export function hubSource({ eventHubName }: EventHubsConnection): string {
  return `eventhubs.${eventHubName.toLowerCase()}`;
}

/** Events a partition's receiver hands over at a time: larger ones do not make it cheaper. */
const eventsPerCall = 20;
/** Longest pause before a broken connection is tried again. */
const reconnectPauseMsMax = 5_000;

/**
 * Event Hubs through the Azure SDK's consumer client: one delivery per event, each a `{"records":[…]}` body.
 *
 * A lost connection is made anew from the last event handed over, for as long as it takes. Wrong keys and unknown hubs end
 * the assignment.
 */
export class EventHubsSource implements Source {
  readonly kind = 'event-hubs';
  readonly #assignment: EventHubsAssignment;
  readonly #queue = new DeliveryQueue(limits.deliveriesInFlightMax);
  readonly #next: Map<string, bigint | null>;
  readonly #reading: Set<string>;

  constructor(assignment: EventHubsAssignment) {
    this.#assignment = assignment;
    this.#next = new Map(assignment.partitions.map(({ partitionId, next }) => [partitionId, next]));
    this.#reading = new Set(assignment.partitions.filter(isUnread).map(({ partitionId }) => partitionId));
  }

  async *read(signal: AbortSignal): AsyncGenerator<Delivery> {
    const stop = () => this.#queue.end();
    signal.addEventListener('abort', stop, { once: true });
    const connected = this.#stayConnected(signal).then(stop, (error: unknown) => this.#queue.fail(error));
    try {
      if (signal.aborted) stop();
      yield* this.#queue;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#queue.end();
      await connected;
    }
  }

  /** Connects, and again after each loss, until every partition is read or the signal aborts. */
  async #stayConnected(signal: AbortSignal): Promise<void> {
    let pauseMs = 100;
    while (this.#reading.size > 0 && !this.#queue.ended) {
      const client = eventHubsClient(this.#assignment.connection);
      const before = [...this.#next.values()].join();
      const lost = await this.#receive(client);
      await closeOrLeave(client);
      if (lost === null || signal.aborted) return;
      if (!isTransient(lost)) throw hubError(this.#assignment.connection, lost);
      pauseMs = [...this.#next.values()].join() === before ? Math.min(pauseMs * 2, reconnectPauseMsMax) : 100;
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Receives until all is read or the queue ends (null), or until the connection fails (its error). */
  async #receive(client: EventHubConsumerClient): Promise<unknown> {
    const subscriptions: Subscription[] = [];
    const lost = await new Promise<unknown>((resolve) => {
      this.#queue.onEnd(() => resolve(null));
      for (const partition of this.#assignment.partitions) {
        if (!this.#reading.has(partition.partitionId)) continue;
        subscriptions.push(
          client.subscribe(
            partition.partitionId,
            {
              processEvents: async (events) => {
                await this.#hand(partition, events);
                if (this.#reading.size === 0) resolve(null);
              },
              processError: async (error) => resolve(error),
              processClose: async (reason) => resolve(new AppError('SOURCE_UNAVAILABLE', `receiver closed: ${reason}`)),
            },
            {
              startPosition: this.#position(partition.partitionId),
              skipParsingBodyAsJson: true,
              maxBatchSize: eventsPerCall,
              maxWaitTimeInSeconds: 1,
              prefetchCount: 3 * eventsPerCall,
            },
          ),
        );
      }
    });
    this.#queue.release();
    await closeOrLeave(...subscriptions);
    return lost;
  }

  #position(partitionId: string): EventPosition {
    const next = this.#next.get(partitionId) ?? null;
    if (next === null) return this.#assignment.start === 'latest' ? latestEventPosition : earliestEventPosition;
    return next === 0n ? earliestEventPosition : { sequenceNumber: Number(next) - 1, isInclusive: false };
  }

  async #hand({ partitionId, until }: HubPartition, events: readonly ReceivedEventData[]): Promise<void> {
    for (const event of events) {
      if (!this.#reading.has(partitionId)) return;
      const sequenceNumber = BigInt(event.sequenceNumber);
      const next = this.#next.get(partitionId) ?? null;
      if (next !== null && sequenceNumber < next) continue;
      if (!(await this.#queue.push(this.#delivery(partitionId, event)))) return;
      this.#next.set(partitionId, sequenceNumber + 1n);
      if (until !== null && sequenceNumber + 1n >= until) this.#reading.delete(partitionId);
    }
  }

  #delivery(partitionId: string, event: ReceivedEventData): Delivery {
    const place = { source: hubSource(this.#assignment.connection), partition: partitionId };
    const sequenceNumber = BigInt(event.sequenceNumber);
    return {
      bytes: bodyBytes(event.body),
      framing: 'records',
      from: { ...place, offset: sequenceNumber },
      to: { ...place, offset: sequenceNumber + 1n, token: String(event.offset) },
      ack: async () => {},
    };
  }
}

function isUnread({ next, until }: HubPartition): boolean {
  return until === null || (next ?? 0n) < until;
}

/** An event body is bytes; senders that use an AMQP value instead give a string or an object. */
function bodyBytes(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : (JSON.stringify(body) ?? ''));
}
