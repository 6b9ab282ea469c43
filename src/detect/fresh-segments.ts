import type { SegmentFile } from '../store/commit.ts';
import type { Manifest } from '../store/manifest.ts';

/** Tells, from one snapshot to the next, which segments bring rows that have not been taken in. */
export class FreshSegments {
  /** Rollups of the snapshot before; null before the first. */
  #taken: Set<string> | null = null;
  readonly #noted = new Set<string>();

  /** Notes what was committed, so that rows are not missed that compaction moves before the next snapshot. */
  note(segments: readonly SegmentFile[]): void {
    for (const { rollupPath } of segments) this.#noted.add(rollupPath);
  }

  /** @returns the segments that are new; null where all must be taken in anew: at first, and where compaction was faster. */
  take({ segments }: Manifest): SegmentFile[] | null {
    const present = new Set(segments.map(({ rollupPath }) => rollupPath));
    const taken = this.#taken;
    const isMissed = [...this.#noted].some((path) => !present.has(path) && taken?.has(path) !== true);
    this.#taken = present;
    this.#noted.clear();
    if (taken === null || isMissed) return null;
    // Compaction writes rows again that have been taken in.
    return segments.filter(({ rollupPath, compacted }) => compacted === undefined && !taken.has(rollupPath));
  }
}
