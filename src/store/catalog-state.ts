import type { Finding } from '../core/finding.ts';
import { type PositionRange, sourceId } from '../core/position.ts';
import { type Commit, filesOf, type HourFile, type SegmentFile } from './commit.ts';
import type { Manifest, ManifestCounters } from './manifest.ts';
import { Positions } from './positions.ts';
import { chainStart, type RemovedFile, type Replacement, type SasFile } from './replacement.ts';
import type { TokenFile } from './token-directory.ts';

/** Event time from the first to the last row of some segments, UTC microseconds. */
export interface TimeSpan {
  readonly first: bigint;
  readonly last: bigint;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What the catalog's tables say, in memory. */
export class CatalogState {
  version = 0;
  /** Segments and hour files by path. */
  readonly segments = new Map<string, SegmentFile>();
  /** SAS files of compacted segments by path. */
  readonly sasFiles = new Map<string, SasFile>();
  /** Token directories by path. */
  readonly tokenFiles = new Map<string, TokenFile>();
  /** Last link of the chain of hour files. */
  chain = chainStart;
  readonly positions = new Positions();
  readonly holes: PositionRange[] = [];
  readonly quarantinePaths = new Set<string>();
  readonly findings = new Map<string, Finding>();
  /** Of the segments that came after the last judgement; null if none did. */
  unjudged: TimeSpan | null = null;
  readonly counters: Writable<ManifestCounters> = {
    commits: 0,
    rows: 0,
    bytes: 0,
    deliveries: 0,
    quarantined: 0,
    duplicates: 0,
  };
  /** Files that were given up lately, as loaded; the catalog's graveyard takes them over. */
  readonly removed: RemovedFile[] = [];

  /** Takes in what has just been written under `version`. */
  apply(version: number, commit: Commit, holes: readonly PositionRange[]): void {
    this.version = version;
    for (const file of commit.segments) {
      this.segments.set(file.path, file);
      this.unjudged = {
        first: this.unjudged !== null && this.unjudged.first < file.minTime ? this.unjudged.first : file.minTime,
        last: this.unjudged !== null && this.unjudged.last > file.maxTime ? this.unjudged.last : file.maxTime,
      };
      this.counters.rows += file.rows;
      this.counters.bytes += file.bytes;
    }
    for (const range of commit.ranges) this.positions.advance(range);
    this.holes.push(...holes);
    if (commit.quarantinePath !== null) this.quarantinePaths.add(commit.quarantinePath);
    this.counters.commits += 1;
    this.counters.deliveries += commit.deliveries ?? 0;
    this.counters.quarantined += commit.quarantined;
  }

  /** Takes in a swap that has just been written under `version`. */
  replace(
    version: number,
    { removed, sasRemoved, sasAdded, tokenRemoved, tokenAdded, duplicates }: Replacement,
    added: readonly HourFile[],
  ): void {
    this.version = version;
    for (const { path } of removed) this.segments.delete(path);
    for (const { path } of sasRemoved) this.sasFiles.delete(path);
    for (const file of added) this.segments.set(file.path, file);
    for (const file of sasAdded) this.sasFiles.set(file.path, file);
    for (const { path } of tokenRemoved) this.tokenFiles.delete(path);
    for (const file of tokenAdded) this.tokenFiles.set(file.path, file);
    this.chain = added.at(-1)?.compacted.chain ?? this.chain;
    this.counters.duplicates += duplicates;
  }

  /** Takes in findings that have just been written under `version`. */
  revise(version: number, findings: readonly Finding[]): void {
    this.version = version;
    for (const finding of findings) this.findings.set(finding.id, finding);
  }

  /** From the first row that came after the last judgement to the newest row of the lake; null if none came. */
  unjudgedSpan(): TimeSpan | null {
    if (this.unjudged === null) return null;
    let { first, last } = this.unjudged;
    for (const { maxTime } of this.segments.values()) if (maxTime > last) last = maxTime;
    return { first, last };
  }

  /** The snapshot readers get. */
  manifest(publishedAt: Date, findingsPath: string | null): Manifest {
    return {
      version: this.version,
      publishedAt: publishedAt.toISOString(),
      segments: [...this.segments.values()],
      sasFiles: [...this.sasFiles.values()],
      tokenFiles: [...this.tokenFiles.values()],
      chain: this.chain,
      findingsPath,
      sources: this.positions.list().map((position) => ({ sourceId: sourceId(position), ...position })),
      holes: this.holes,
      counters: { ...this.counters },
    };
  }

  /** Every file a committed row names, relative to the data folder. */
  *paths(): Iterable<string> {
    for (const file of this.segments.values()) yield* filesOf(file);
    yield* this.sasFiles.keys();
    yield* this.tokenFiles.keys();
    yield* this.quarantinePaths;
  }
}
