import { type EventHubsAssignment, hubSource } from './event-hubs.ts';
import { type EventHubsConnection, hubPartitions } from './event-hubs-client.ts';
import type { Committed, SourcePlan } from './plan.ts';

export interface EventHubsPlanOptions {
  readonly connection: EventHubsConnection;
  readonly start: 'earliest' | 'latest';
  /** Ends at what was the newest event when the plan was opened; else it follows. */
  readonly once: boolean;
}

/** One hub: its partitions are dealt out to the lanes, each partition owned by one lane of this process. */
export class EventHubsPlan implements SourcePlan {
  readonly #options: EventHubsPlanOptions;
  readonly #committed: Committed;
  #partitions: readonly { partitionId: string; end: bigint }[] = [];
  #lanes = 1;

  constructor(options: EventHubsPlanOptions, committed: Committed) {
    this.#options = options;
    this.#committed = committed;
  }

  /**
   * Asks the hub for its partitions.
   *
   * @throws AppError SOURCE_AUTH, SOURCE_UNAVAILABLE, CONFIG_INVALID; the reason of the signal where it aborts meanwhile.
   */
  async open(signal: AbortSignal = new AbortController().signal): Promise<{ partitions: number }> {
    this.#partitions = await hubPartitions(this.#options.connection, signal);
    return { partitions: this.#partitions.length };
  }

  lanesFor(lanes: number): number {
    this.#lanes = Math.max(1, Math.min(lanes, this.#partitions.length));
    return this.#lanes;
  }

  assignment(lane: number): EventHubsAssignment {
    const { connection, start, once } = this.#options;
    const source = hubSource(connection);
    return {
      kind: 'event-hubs',
      connection,
      start,
      partitions: this.#partitions
        .filter((_, index) => index % this.#lanes === lane)
        .map(({ partitionId, end }) => ({
          partitionId,
          next: this.#committed(source, partitionId)?.offset ?? null,
          until: once ? end : null,
        })),
    };
  }

  async nextWork(): Promise<[]> {
    return [];
  }

  recover(): void {}

  stop(): void {}
}
