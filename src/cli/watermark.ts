import type { Commit } from '../store/commit.ts';

/** A partition that has brought nothing for this long holds the watermark back no more. */
const idleAfterMs = 30_000;

/** How far event time has come: the newest row of the partition that is furthest behind. */
export class Watermark {
  readonly #partitions = new Map<string, { newest: bigint; atMs: number }>();
  readonly #clockMs: () => number;
  /** Newest row of all, UTC microseconds. */
  newest = 0n;

  /** @param clockMs a clock that never goes back, milliseconds. */
  constructor(clockMs: () => number) {
    this.#clockMs = clockMs;
  }

  advance({ ranges, segments }: Pick<Commit, 'ranges' | 'segments'>): void {
    const newest = segments.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), 0n);
    if (newest > this.newest) this.newest = newest;
    for (const { source, partition } of ranges) {
      const key = `${source}\n${partition}`;
      const known = this.#partitions.get(key)?.newest ?? 0n;
      this.#partitions.set(key, { newest: newest > known ? newest : known, atMs: this.#clockMs() });
    }
  }

  get value(): bigint {
    const now = this.#clockMs();
    const active = [...this.#partitions.values()].filter(({ atMs }) => now - atMs < idleAfterMs);
    return active.reduce((min, { newest }) => (newest < min ? newest : min), this.newest);
  }
}
