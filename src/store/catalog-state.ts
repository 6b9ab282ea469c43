import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import { BIGINT, DuckDBTimestampValue, TIMESTAMP, UBIGINT, VARCHAR } from '../core/duckdb.ts';
import type { Finding } from '../core/finding.ts';
import { type Partition, type PositionRange, type ReadStretch, sourceId } from '../core/position.ts';
import { appendRows } from './append-rows.ts';
import { type Commit, filesOf, type HourFile, type SegmentFile } from './commit.ts';
import { readFindings } from './finding-table.ts';
import type { Manifest, ManifestCounters } from './manifest.ts';
import { Positions } from './positions.ts';
import { chainStart, type RemovedFile, type Replacement, readReplacements, type SasFile } from './replacement.ts';
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

const bigText = z.string().transform(BigInt);
const numberText = z.string().transform(Number);
const optionalText = z.string().nullable();

const segmentRow = z.tuple([z.string(), z.string(), optionalText, numberText, numberText, bigText, bigText]);
const digestRow = z.tuple([optionalText, optionalText, optionalText]);
const rangeRow = z.tuple([z.string(), z.string(), bigText, bigText, optionalText]);
const commitRow = z.tuple([numberText, numberText, numberText, optionalText, numberText]);

async function rows<T>(connection: DuckDBConnection, schema: z.ZodType<T>, sql: string): Promise<T[]> {
  return z.array(schema).parse((await connection.runAndReadAll(sql)).getRowsJson());
}

/**
 * Reads the whole state from the tables.
 *
 * @param since files given up earlier are forgotten.
 */
export async function loadState(connection: DuckDBConnection, since: Date): Promise<CatalogState> {
  const state = new CatalogState();
  const files = await rows(
    connection,
    z
      .array(z.unknown())
      .transform((row) => [segmentRow.parse(row.slice(0, 7)), digestRow.parse(row.slice(7))] as const),
    `SELECT path, rollup_path, sas_path, row_count::VARCHAR, bytes::VARCHAR, epoch_us(min_time)::VARCHAR,
      epoch_us(max_time)::VARCHAR, sha256, rollup_sha256, sas_sha256 FROM segment ANTI JOIN removed USING (path) ORDER BY segment.rowid`,
  );
  for (const [[path, rollupPath, sasPath, rowCount, bytes, minTime, maxTime], [log, rollup, sas]] of files) {
    const digests = log === null || rollup === null ? {} : { digests: { log, rollup, sas } };
    state.segments.set(path, { path, rollupPath, sasPath, rows: rowCount, bytes, minTime, maxTime, ...digests });
  }
  await loadReplacements(connection, state, since);
  const range = (columns: string, table: string) =>
    rows(
      connection,
      rangeRow,
      `SELECT source, partition, from_offset::VARCHAR, to_offset::VARCHAR, ${columns} FROM ${table} ORDER BY rowid`,
    );
  for (const [source, partition, from, to, token] of await range('token', 'position')) {
    state.positions.advance({ source, partition, from, to, ...(token === null ? {} : { token }) });
  }
  for (const [source, partition, from, to] of await range('NULL', 'hole')) {
    state.holes.push({ source, partition, from, to });
  }
  const commits = await rows(
    connection,
    commitRow,
    `SELECT row_count::VARCHAR, bytes::VARCHAR, deliveries::VARCHAR, quarantine_path, quarantined::VARCHAR
      FROM commit_log ORDER BY rowid`,
  );
  for (const [rowCount, bytes, deliveries, quarantinePath, quarantined] of commits) {
    state.counters.commits += 1;
    state.counters.rows += rowCount;
    state.counters.bytes += bytes;
    state.counters.deliveries += deliveries;
    state.counters.quarantined += quarantined;
    if (quarantinePath !== null) state.quarantinePaths.add(quarantinePath);
  }
  for (const finding of await readFindings(connection)) state.findings.set(finding.id, finding);
  const [span] = await rows(
    connection,
    z.tuple([bigText.nullable(), bigText.nullable()]),
    `SELECT epoch_us(min(min_time))::VARCHAR, epoch_us(max(max_time))::VARCHAR FROM segment
      WHERE version > (SELECT coalesce(max(version), 0) FROM judgement)`,
  );
  const [first = null, last = null] = span ?? [];
  state.unjudged = first === null || last === null ? null : { first, last };
  const versions = await rows(
    connection,
    z.tuple([numberText]),
    `SELECT coalesce(max(version), 0)::VARCHAR FROM (SELECT version FROM commit_log UNION ALL SELECT version FROM finding
      UNION ALL SELECT version FROM replacement)`,
  );
  state.version = versions[0]?.[0] ?? 0;
  return state;
}

const stretchRow = z.tuple([z.string(), z.string(), bigText, bigText, z.string()]);

/** What has been read and hashed, by partition and first byte. */
export async function loadStretches(connection: DuckDBConnection): Promise<ReadStretch[]> {
  const stretches = await rows(
    connection,
    stretchRow,
    `SELECT source, partition, first_byte::VARCHAR, arg_max(next_byte, version)::VARCHAR, arg_max(sha256, version)
      FROM stretch_read GROUP BY source, partition, first_byte ORDER BY source, partition, first_byte`,
  );
  return stretches.map(([source, partition, first, next, sha256]) => ({ source, partition, first, next, sha256 }));
}

async function loadReplacements(connection: DuckDBConnection, state: CatalogState, since: Date): Promise<void> {
  const { hourFiles, sasFiles, tokenFiles, removed, chain, duplicates } = await readReplacements(connection, since);
  for (const file of hourFiles) state.segments.set(file.path, file);
  for (const file of sasFiles) state.sasFiles.set(file.path, file);
  for (const file of tokenFiles) state.tokenFiles.set(file.path, file);
  state.removed.push(...removed);
  state.chain = chain;
  state.counters.duplicates = duplicates;
}

/** Appends the rows of one commit; the caller holds the transaction. */
export async function insertCommit(
  connection: DuckDBConnection,
  version: number,
  commit: Commit,
  details: { at: Date; holes: readonly PositionRange[]; newSources: readonly Partition[] },
): Promise<void> {
  const at = new DuckDBTimestampValue(BigInt(details.at.getTime()) * 1000n);
  for (const file of commit.segments) {
    await connection.run('INSERT INTO segment VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)', [
      version,
      file.path,
      file.rollupPath,
      file.sasPath,
      file.rows,
      file.bytes,
      new DuckDBTimestampValue(file.minTime),
      new DuckDBTimestampValue(file.maxTime),
      file.digests?.log ?? null,
      file.digests?.rollup ?? null,
      file.digests?.sas ?? null,
    ]);
  }
  const key = BigInt(version);
  await appendRows(
    connection,
    'position',
    [UBIGINT, VARCHAR, VARCHAR, BIGINT, BIGINT, VARCHAR],
    commit.ranges.map(({ source, partition, from, to, token }) => [key, source, partition, from, to, token ?? null]),
  );
  await appendRows(
    connection,
    'source',
    [UBIGINT, VARCHAR, VARCHAR, TIMESTAMP],
    details.newSources.map(({ source, partition }) => [sourceId({ source, partition }), source, partition, at]),
  );
  await appendRows(
    connection,
    'hole',
    [UBIGINT, VARCHAR, VARCHAR, BIGINT, BIGINT],
    details.holes.map(({ source, partition, from, to }) => [key, source, partition, from, to]),
  );
  await appendRows(
    connection,
    'stretch_read',
    [UBIGINT, VARCHAR, VARCHAR, BIGINT, BIGINT, VARCHAR],
    (commit.read ?? []).map(({ source, partition, first, next, sha256 }) => {
      return [key, source, partition, first, next, sha256];
    }),
  );
  const rowCount = commit.segments.reduce((sum, file) => sum + file.rows, 0);
  const bytes = commit.segments.reduce((sum, file) => sum + file.bytes, 0);
  await connection.run('INSERT INTO commit_log VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [
    version,
    at,
    commit.segments.length,
    rowCount,
    bytes,
    commit.deliveries ?? 0,
    commit.quarantinePath,
    commit.quarantined,
  ]);
}
