import { isHourFile, type SegmentFile } from './commit.ts';
import { hourMicros, hourOf } from './event-hour.ts';
import type { HoursByPath } from './segment-hours.ts';

/** Rows of an event hour below which a file of its own is mostly footer. */
const hourRowsMin = 500;

/** What decides whether segments are split by hour. */
export interface SplitOptions {
  /** Segments with later rows are left alone, UTC microseconds; null: none. */
  readonly until: bigint | null;
  /** Split also those whose rows are so sparse in time that files of their hours would cost more than they are worth. */
  readonly splitSparse: boolean;
  /** Split those, too, that have rows older than this, which retention is to give up: UTC microseconds; null: none. */
  readonly retainedFrom: bigint | null;
}

/** Segments of ended hours. */
export interface ClosedSegments {
  /** To be split, the oldest first. */
  readonly due: readonly SegmentFile[];
  /** Too sparse for it, unless enough others of their hours join them. */
  readonly sparse: readonly SegmentFile[];
}

/** @param hours of segments, where they are known; else every hour between the first row and the last is taken for one with rows. */
export function closedSegments(
  segments: readonly SegmentFile[],
  hours: HoursByPath,
  { until, splitSparse, retainedFrom }: SplitOptions,
): ClosedSegments {
  const end = until === null ? null : hourOf(until);
  const closed = segments.filter((file) => !isHourFile(file) && (end === null || file.maxTime < end)).sort(byTime);
  const isLeft = (file: SegmentFile) =>
    !splitSparse &&
    (retainedFrom === null || file.minTime >= retainedFrom) &&
    !isWorthSplitting(hours.get(file.path)?.size ?? hoursBetween(file), { files: 1, rows: file.rows });
  return { due: closed.filter((file) => !isLeft(file)), sparse: closed.filter(isLeft) };
}

/** How many of some sparse segments of known hours, from the first on, are worth splitting together. */
export function worthyTogether(sparse: readonly SegmentFile[], hours: HoursByPath): number {
  const met = new Set<bigint>();
  let rows = 0;
  let worthy = 0;
  for (const [index, file] of sparse.entries()) {
    const own = hours.get(file.path);
    if (own === undefined) break;
    for (const hour of own.keys()) met.add(hour);
    rows += file.rows;
    if (isWorthSplitting(met.size, { files: index + 1, rows })) worthy = index + 1;
  }
  return worthy;
}

export function byTime(a: SegmentFile, b: SegmentFile): number {
  return Number(a.minTime - b.minTime) || (a.path < b.path ? -1 : 1);
}

function hoursBetween({ minTime, maxTime }: SegmentFile): number {
  return Number((hourOf(maxTime) - hourOf(minTime)) / hourMicros) + 1;
}

/** Whether files of their hours would be few, or of a size worth their footers. */
function isWorthSplitting(hours: number, { files, rows }: { readonly files: number; readonly rows: number }): boolean {
  return hours <= 2 * files || rows >= hourRowsMin * hours;
}
