import type { SegmentFile } from '../store/commit.ts';

/** Segments of which the rows of the same tokens are read, or were. */
export interface Batch {
  readonly segments: readonly SegmentFile[];
  readonly tokens: ReadonlySet<bigint>;
}

/** Which tokens' rows have been read of which segments. */
export class SuspectBatches {
  readonly #batches = new Map<number, Batch>();
  /** The batches that each segment is in. */
  readonly #of = new Map<string, readonly number[]>();
  #last = 0;

  /** @returns its number. */
  add(batch: Batch): number {
    this.#last += 1;
    this.#batches.set(this.#last, batch);
    for (const { path } of batch.segments) this.#of.set(path, [...(this.#of.get(path) ?? []), this.#last]);
    return this.#last;
  }

  clear(): void {
    this.#batches.clear();
    this.#of.clear();
  }

  /**
   * Gives up those with a segment that is there no more.
   *
   * @param segments all that there are of before `until`, UTC microseconds.
   * @returns their numbers.
   */
  drop(segments: readonly SegmentFile[], until: bigint): number[] {
    const present = new Set(segments.map(({ path }) => path));
    const isGone = ({ path, minTime }: SegmentFile) => minTime < until && !present.has(path);
    const gone = [...this.#batches].filter(([, batch]) => batch.segments.some(isGone));
    for (const [number, batch] of gone) {
      this.#batches.delete(number);
      for (const { path } of batch.segments) {
        const left = (this.#of.get(path) ?? []).filter((other) => other !== number);
        if (left.length > 0) this.#of.set(path, left);
        else this.#of.delete(path);
      }
    }
    return gone.map(([number]) => number);
  }

  /** What of tokens that are asked of segments has not been read. */
  missing(asked: ReadonlyMap<SegmentFile, ReadonlySet<bigint>>): Batch[] {
    const alike = new Map<ReadonlySet<bigint>, Map<string, SegmentFile[]>>();
    for (const [segment, tokens] of asked) {
      const byBatches = alike.get(tokens) ?? new Map<string, SegmentFile[]>();
      alike.set(tokens, byBatches);
      const key = String(this.#of.get(segment.path) ?? []);
      byBatches.set(key, [...(byBatches.get(key) ?? []), segment]);
    }
    return [...alike].flatMap(([tokens, byBatches]) =>
      [...byBatches.values()].flatMap((segments) => {
        const batches = this.#of.get(segments[0]?.path ?? '') ?? [];
        const known = batches.flatMap((number) => this.#batches.get(number)?.tokens ?? []);
        const left = [...tokens].filter((token) => !known.some((some) => some.has(token)));
        return left.length === 0 ? [] : [{ segments, tokens: new Set(left) }];
      }),
    );
  }
}
