import type { ColumnPolicy } from '../core/columns.ts';
import { type HourFile, isHourFile, type SegmentFile } from './commit.ts';
import { hourOf } from './event-hour.ts';
import type { SasFile } from './replacement.ts';
import { keepsAllOf } from './row-identity.ts';
import type { HoursByPath } from './segment-hours.ts';
import { byTime, closedSegments, type SplitOptions, worthyTogether } from './sparse-segments.ts';

export interface CompactionOptions extends SplitOptions {
  /** Columns to keep. */
  readonly policy: ColumnPolicy;
  /** Rows of segments in one step; a segment is never split. */
  readonly rowsMax: number;
  /** Segments in one step. */
  readonly segmentsMax: number;
  /** Rows up to which files of one hour are merged. */
  readonly hourRowsMax: number;
  /** Merge files of an hour only where several become one. */
  readonly onlyGain: boolean;
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
  /** Of segments that seem sparse. */
  readonly hours: HoursByPath;
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

/** Of sparse segments, those with the fewest hours that are worth splitting together. */
function sparseBatch(sparse: readonly SegmentFile[], hours: HoursByPath, options: CompactionOptions): SegmentFile[] {
  const size = ({ path }: SegmentFile) => hours.get(path)?.size ?? 0;
  const batch = batchOf(
    [...sparse].sort((a, b) => size(a) - size(b) || byTime(a, b)),
    options,
  );
  return batch.slice(0, worthyTogether(batch, hours));
}

/** The next step, or null when nothing is left to do. Steps of one lake are done one after another. */
export function planStep({ segments, sasFiles, hours }: LakeFiles, options: CompactionOptions): CompactionStep | null {
  const until = options.until === null ? null : hourOf(options.until);
  const hourFiles = segments.filter(isHourFile);
  const { due, sparse } = closedSegments(segments, hours, options);
  const taken = due.length > 0 ? batchOf(due, options) : sparseBatch(sparse, hours, options);
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
