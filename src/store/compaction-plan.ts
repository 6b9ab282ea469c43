import type { ColumnPolicy } from '../core/columns.ts';
import { type HourFile, isHourFile, type SegmentFile } from './commit.ts';
import type { SasFile } from './replacement.ts';
import { keepsAllOf } from './row-identity.ts';

export const hourMicros = 3_600_000_000n;

/** Start of the hour a time lies in, UTC microseconds. */
export function hourOf(micros: bigint): bigint {
  return micros - (((micros % hourMicros) + hourMicros) % hourMicros);
}

export interface CompactionOptions {
  /** Columns to keep. */
  readonly policy: ColumnPolicy;
  /** Hours that end later are left alone, UTC microseconds; null: none. */
  readonly until: bigint | null;
  /** Rows of segments in one step; a segment is never split. */
  readonly rowsMax: number;
  /** Segments in one step. */
  readonly segmentsMax: number;
  /** Rows up to which files of one hour are merged. */
  readonly hourRowsMax: number;
  /** Merge files of an hour only where several become one. */
  readonly onlyGain: boolean;
  /** Split segments whose rows are so sparse in time that files of their hours would cost more than they are worth. */
  readonly splitSparse: boolean;
  /** Split those, too, that have rows older than this, which retention is to give up: UTC microseconds; null: none. */
  readonly retainedFrom: bigint | null;
}

/** One step: segments to be split by hour and merged with files of those hours, or files of one hour to be merged. */
export interface CompactionStep {
  readonly segments: readonly SegmentFile[];
  /** Files of the hours that the segments may have rows in. */
  readonly hourFiles: readonly HourFile[];
  /** SAS files to be united with those of the segments. */
  readonly sasFiles: readonly SasFile[];
}

/** Files of a lake as the catalog lists them. */
export interface LakeFiles {
  readonly segments: readonly SegmentFile[];
  readonly sasFiles: readonly SasFile[];
}

/** Sets of one SAS file up to which it is united with new ones. */
const sasFileRowsMax = 50_000;

/** Items by a key, in the order they came. */
export function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** A late row a minute must not have its whole hour rewritten every minute. */
const mergedMin = 4;

function byTime(a: SegmentFile, b: SegmentFile): number {
  return Number(a.minTime - b.minTime) || (a.path < b.path ? -1 : 1);
}

/** Rows of an event hour below which a file of its own is mostly footer. */
const hourRowsMin = 500;

/** Whether files of their hours would be few, or of a size worth their footers. */
function isWorthSplitting(hours: number, { files, rows }: { readonly files: number; readonly rows: number }): boolean {
  return hours <= 2 * files || rows >= hourRowsMin * hours;
}

function isSparse({ minTime, maxTime, rows }: SegmentFile): boolean {
  return !isWorthSplitting(Number((hourOf(maxTime) - hourOf(minTime)) / hourMicros) + 1, { files: 1, rows });
}

/** Segments of ended hours: those to be split, and those too sparse for it, unless enough others of their hours join them. */
export function closedSegments(
  segments: readonly SegmentFile[],
  { until, splitSparse, retainedFrom }: Pick<CompactionOptions, 'until' | 'splitSparse' | 'retainedFrom'>,
): { readonly due: readonly SegmentFile[]; readonly sparse: readonly SegmentFile[] } {
  const end = until === null ? null : hourOf(until);
  const closed = segments.filter((file) => !isHourFile(file) && (end === null || file.maxTime < end)).sort(byTime);
  const isLeft = (file: SegmentFile) =>
    !splitSparse && isSparse(file) && (retainedFrom === null || file.minTime >= retainedFrom);
  return { due: closed.filter((file) => !isLeft(file)), sparse: closed.filter(isLeft) };
}

/** The first of some segments, as many as one step takes. */
function batchOf(segments: readonly SegmentFile[], { segmentsMax, rowsMax }: CompactionOptions): SegmentFile[] {
  const batch: SegmentFile[] = [];
  let rows = 0;
  for (const file of segments) {
    if (batch.length === segmentsMax || (batch.length > 0 && rows + file.rows > rowsMax)) break;
    batch.push(file);
    rows += file.rows;
  }
  return batch;
}

/** Of sparse segments, the shortest in time that are worth splitting together. */
function worthyTogether(sparse: readonly SegmentFile[], options: CompactionOptions): SegmentFile[] {
  const length = ({ minTime, maxTime }: SegmentFile) => maxTime - minTime;
  const shortest = [...sparse].sort((a, b) => Number(length(a) - length(b)) || byTime(a, b));
  const batch = batchOf(shortest, options);
  const all = { files: batch.length, rows: batch.reduce((sum, { rows }) => sum + rows, 0) };
  const hours = new Set<bigint>();
  let worthy = 0;
  let rows = 0;
  for (const [index, file] of batch.entries()) {
    for (let hour = hourOf(file.minTime); hour <= file.maxTime; hour += hourMicros) hours.add(hour);
    if (!isWorthSplitting(hours.size, all)) break;
    rows += file.rows;
    if (isWorthSplitting(hours.size, { files: index + 1, rows })) worthy = index + 1;
  }
  return batch.slice(0, worthy);
}

/** The next step, or null when nothing is left to do. Steps of one lake are done one after another. */
export function planStep({ segments, sasFiles }: LakeFiles, options: CompactionOptions): CompactionStep | null {
  const until = options.until === null ? null : hourOf(options.until);
  const hourFiles = segments.filter(isHourFile);
  const { due, sparse } = closedSegments(segments, options);
  const taken = due.length > 0 ? batchOf(due, options) : worthyTogether(sparse, options);
  if (taken.length > 0) {
    const first = hourOf(taken.reduce((min, { minTime }) => (minTime < min ? minTime : min), taken[0]?.minTime ?? 0n));
    const last = taken.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), 0n);
    return {
      segments: taken,
      hourFiles: hourFiles.filter(({ compacted: { hour } }) => hour >= first && hour <= last),
      sasFiles: taken.some(({ sasPath }) => sasPath !== null)
        ? sasFiles.filter(({ rows }) => rows < sasFileRowsMax)
        : [],
    };
  }
  for (const files of grouped(hourFiles, ({ compacted: { hour } }) => hour).values()) {
    const [{ compacted } = { compacted: null }] = files;
    if (compacted === null || (until !== null && compacted.hour >= until)) continue;
    const merged = toMerge(files, { ...options, newRows: 0 });
    if (merged.length >= (options.onlyGain ? mergedMin : 1)) return { segments: [], hourFiles: merged, sasFiles: [] };
  }
  return null;
}

/**
 * Which files of an hour a new one swallows: those not larger than it, so that a row is rewritten few times, and all
 * where nothing new comes and there are several, or one keeps columns the policy does not want. Files that have kept
 * fewer columns than the policy wants stay by themselves.
 */
export function toMerge(
  files: readonly HourFile[],
  { newRows, policy, hourRowsMax }: { newRows: number; policy: ColumnPolicy; hourRowsMax: number },
): HourFile[] {
  const able = files.filter(({ compacted }) => keepsAllOf(compacted.policy, policy)).sort((a, b) => a.rows - b.rows);
  const merged: HourFile[] = [];
  let rows = newRows;
  for (const file of able) {
    if (rows + file.rows > hourRowsMax || (newRows > 0 && file.rows > rows)) break;
    merged.push(file);
    rows += file.rows;
  }
  if (newRows > 0) return merged;
  if (merged.length > 1) return merged;
  return able.filter(({ compacted }) => compacted.policy !== policy).slice(0, 1);
}
