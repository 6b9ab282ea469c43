import { type HourFile, isHourFile, type SegmentFile } from './commit.ts';
import { grouped } from './compaction-plan.ts';
import type { TableColumnSpec } from './table.ts';

/**
 * A Parquet file that tells which of some hour files have rows of which token, sorted by token. It holds nothing that their
 * rollups do not: it is there so that a lookup opens few files.
 */
export interface TokenFile {
  /** Relative to the data folder. */
  readonly path: string;
  readonly rows: number;
  readonly sha256: string;
  /** Paths of the hour files it tells of; those that have been replaced meanwhile are passed over. */
  readonly covers: readonly string[];
}

/** The columns of a directory, in the order it is sorted by; `file` is a place in `covers`, from 0. */
export const tokenFileSpecs = [
  { name: 'token', type: 'uint64' },
  { name: 'token_fingerprint', type: 'uint64' },
  { name: 'file', type: 'uint32' },
] as const satisfies readonly TableColumnSpec[];

/** What a new directory is made of: rollups of hour files that none covers yet, and directories it takes the place of. */
export interface DirectoryStep {
  readonly hourFiles: readonly HourFile[];
  readonly directories: readonly TokenFile[];
}

/** So many files become one, and so many of those again: a lookup opens few, and an entry is rewritten few times. */
const fanIn = 16;
/** Hour files that one step reads the rollups of. */
const hourFilesMax = 256;
/** Rows up to which directories are united. */
const rowsMax = 50_000_000;

function tierOf({ covers }: TokenFile): number {
  return Math.floor(Math.log(covers.length) / Math.log(fanIn));
}

/** The next directory to be made, or null when a lookup opens few files already. */
export function planDirectory(files: readonly SegmentFile[], directories: readonly TokenFile[]): DirectoryStep | null {
  const counting = new Set(files.map(({ path }) => path));
  const stale = directories.find(
    ({ covers }) => covers.filter((path) => counting.has(path)).length * 2 < covers.length,
  );
  if (stale !== undefined) return { hourFiles: [], directories: [stale] };
  const known = new Set(directories.flatMap(({ covers }) => covers));
  const uncovered = files.filter(isHourFile).filter(({ path }) => !known.has(path));
  if (uncovered.length >= fanIn) return { hourFiles: uncovered.slice(0, hourFilesMax), directories: [] };
  for (const tier of grouped(directories, tierOf).values()) {
    const united = tier.slice(0, fanIn);
    if (united.length === fanIn && united.reduce((sum, { rows }) => sum + rows, 0) <= rowsMax) {
      return { hourFiles: [], directories: united };
    }
  }
  return null;
}
