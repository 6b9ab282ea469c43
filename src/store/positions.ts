import { AppError } from '../core/errors.ts';
import type { Partition, PositionRange, SourcePosition } from '../core/position.ts';

/** What committing some ranges would mean, given how far each partition has been read. */
export interface Judgement {
  readonly status: 'new' | 'duplicate';
  /** Stretches between a partition's position and the range that follows it. */
  readonly holes: readonly PositionRange[];
}

function keyOf({ source, partition }: Partition): string {
  return `${source}\n${partition}`;
}

/** How far each partition has been committed: the catalog's memory of its position rows. */
export class Positions {
  readonly #byKey = new Map<string, SourcePosition>();

  /** Moves a partition; later calls win. */
  advance({ source, partition, to, token }: PositionRange): void {
    this.#byKey.set(keyOf({ source, partition }), {
      source,
      partition,
      offset: to,
      ...(token === undefined ? {} : { token }),
    });
  }

  get(partition: Partition): SourcePosition | undefined {
    return this.#byKey.get(keyOf(partition));
  }

  has(partition: Partition): boolean {
    return this.#byKey.has(keyOf(partition));
  }

  /** The partitions among these that have no position yet, each once. */
  unknown(partitions: readonly Partition[]): Partition[] {
    const fresh = new Map(partitions.map((partition) => [keyOf(partition), partition]));
    return [...fresh].filter(([key]) => !this.#byKey.has(key)).map(([, partition]) => partition);
  }

  list(source?: string): SourcePosition[] {
    return [...this.#byKey.values()].filter((position) => source === undefined || position.source === source);
  }

  /**
   * Compares ranges with the positions, in order, without moving anything. A partition's first range may begin
   * anywhere.
   *
   * @throws AppError SINK_WRITE, retryable, if some rows of the ranges were committed before and others were not.
   */
  judge(ranges: readonly PositionRange[]): Judgement {
    const reached = new Map<string, bigint>();
    const holes: PositionRange[] = [];
    let fresh = 0;
    let repeated: PositionRange | undefined;
    for (const range of ranges) {
      const key = keyOf(range);
      const at = reached.get(key) ?? this.#byKey.get(key)?.offset;
      if (at !== undefined && range.from < at) {
        if (range.to > at) throw overlap(range, at);
        repeated = range;
        continue;
      }
      if (range.from === range.to && range.from === at && range.token === this.#byKey.get(key)?.token) continue;
      if (at !== undefined && range.from > at) {
        holes.push({ source: range.source, partition: range.partition, from: at, to: range.from });
      }
      reached.set(key, range.to);
      fresh += 1;
    }
    if (fresh > 0 && repeated !== undefined) throw overlap(repeated, repeated.to);
    return { status: fresh === 0 && ranges.length > 0 ? 'duplicate' : 'new', holes };
  }
}

function overlap({ source, partition, from, to }: PositionRange, at: bigint): AppError {
  return new AppError(
    'SINK_WRITE',
    `Could not commit ${source} ${partition} from ${from} to ${to}: it has been committed up to ${at} by a batch cut ` +
      'elsewhere. Nothing was written; read the partition again from the committed position.',
    { retryable: true, source, partition, committed: String(at) },
  );
}
