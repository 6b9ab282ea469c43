import type { ColumnPolicy } from '../core/columns.ts';
import type { Partition, PositionRange, ReadStretch } from '../core/position.ts';

/** What a compacted file says beyond what every segment says. */
export interface HourDetails {
  /** Start of the event hour all its rows lie in, UTC microseconds. */
  readonly hour: bigint;
  /** Which columns it has kept. */
  readonly policy: ColumnPolicy;
  /** How many columns the table of columns had then; columns are only ever added, so it names the table. */
  readonly columnCount: number;
  /** SHA-256 of file and rollup, hexadecimal. */
  readonly sha256: string;
  readonly rollupSha256: string;
  /** SHA-256 over the chain so far and this file; see docs/lake.md. */
  readonly chain: string;
}

/** SHA-256 of a segment's files, hexadecimal. */
export interface SegmentDigests {
  readonly log: string;
  readonly rollup: string;
  /** Null if there is no SAS file. */
  readonly sas: string | null;
}

/** A Parquet file of log rows with its rollup and its new SAS sets; every path is relative to the data folder. */
export interface SegmentFile {
  readonly path: string;
  readonly rollupPath: string;
  /** The SAS parameter sets first met in this segment; null if there were none. */
  readonly sasPath: string | null;
  readonly rows: number;
  /** Bytes of the segment file alone. */
  readonly bytes: number;
  /** Smallest and largest event time, UTC microseconds. */
  readonly minTime: bigint;
  readonly maxTime: bigint;
  /** Of segments; compacted files have theirs in `compacted`. Undefined for what older versions wrote. */
  readonly digests?: SegmentDigests;
  /** Only of compacted files. */
  readonly compacted?: HourDetails;
}

/** A compacted file: all its rows lie in one event hour. */
export type HourFile = SegmentFile & { readonly compacted: HourDetails };

export function isHourFile(file: SegmentFile): file is HourFile {
  return file.compacted !== undefined;
}

/** The files a segment consists of. */
export function filesOf({ path, rollupPath, sasPath }: SegmentFile): string[] {
  return sasPath === null ? [path, rollupPath] : [path, rollupPath, sasPath];
}

/** A segment that is written and fsynced but has no final name yet; paths are absolute and temporary. */
export interface StagedSegment {
  readonly path: string;
  readonly rollupPath: string;
  readonly sasPath: string | null;
  readonly rows: number;
  readonly bytes: number;
  readonly minTime: bigint;
  readonly maxTime: bigint;
  readonly digests: SegmentDigests;
}

/** A stretch of input that no parser accepted. */
export interface QuarantineRecord extends Partition {
  /** `from.offset` of the delivery that held it. */
  readonly offset: bigint;
  /** Byte range within that delivery's decoded bytes. */
  readonly start: number;
  readonly end: number;
  readonly reason: string;
  /** The stretch itself; borrowed. Redacted and cut to `limits.quarantineRecordBytesMax` when it is written. */
  readonly bytes: Uint8Array;
}

/** The files of one commit under their final names. */
export interface CommitFiles {
  readonly segments: readonly SegmentFile[];
  /** NDJSON of the records no parser accepted, relative to the data folder; null if there were none. */
  readonly quarantinePath: string | null;
  readonly quarantined: number;
}

/** What one lane asks the catalog to make visible at once: the files and the positions they reach. */
export interface Commit extends CommitFiles {
  /** In order within a partition, without gaps among themselves. */
  readonly ranges: readonly PositionRange[];
  /** Deliveries the ranges came in, for the counters. */
  readonly deliveries?: number;
  /** The bytes the rows were read from, where they are hashed; a stretch that begins where a known one does replaces it. */
  readonly read?: readonly ReadStretch[];
}

/** `duplicate`: every range had been committed before, nothing changed. Either way the deliveries may be acknowledged. */
export interface CommitResult {
  readonly status: 'committed' | 'duplicate';
}
