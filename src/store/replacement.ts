import { createHash } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import type { ColumnPolicy } from '../core/columns.ts';
import { DuckDBTimestampValue, listValue, TIMESTAMP, UBIGINT, UINTEGER, VARCHAR } from '../core/duckdb.ts';
import { appendRows } from './append-rows.ts';
import { filesOf, type HourDetails, type HourFile, type SegmentFile } from './commit.ts';
import type { TokenFile } from './token-directory.ts';

/** A Parquet file of SAS parameter sets that belongs to no segment any more. */
export interface SasFile {
  readonly path: string;
  readonly rows: number;
  readonly sha256: string;
}

/** An hour file before the catalog has given it its link of the chain. */
export type NewHourFile = Omit<HourFile, 'compacted'> & { readonly compacted: Omit<HourDetails, 'chain'> };

/** Files of the lake to be swapped for others in one transaction. Paths are relative to the data folder. */
export interface Replacement {
  /** `compacted`: the added files hold the same rows; `expired`: the rows are given up; `indexed`: only directories change. */
  readonly reason: 'compacted' | 'expired' | 'indexed';
  readonly removed: readonly SegmentFile[];
  readonly added: readonly NewHourFile[];
  readonly sasRemoved: readonly SasFile[];
  readonly sasAdded: readonly SasFile[];
  readonly tokenRemoved: readonly TokenFile[];
  readonly tokenAdded: readonly TokenFile[];
  /** Rows that were there twice and are there once now. */
  readonly duplicates: number;
}

/** Adds no file and removes none. */
export const noReplacement = {
  removed: [],
  added: [],
  sasRemoved: [],
  sasAdded: [],
  tokenRemoved: [],
  tokenAdded: [],
  duplicates: 0,
} as const satisfies Omit<Replacement, 'reason'>;

/** The link before the first. */
export const chainStart = '0'.repeat(64);

/** Next link of the chain: SHA-256 of the link before, the path, and the digests of file and rollup, a line each. */
export function chainLink(
  before: string,
  { path, compacted: { sha256, rollupSha256 } }: Pick<NewHourFile, 'path' | 'compacted'>,
): string {
  return createHash('sha256').update([before, path, sha256, rollupSha256].join('\n')).digest('hex');
}

/** The same hour files with their links. */
export function chained(before: string, files: readonly NewHourFile[]): HourFile[] {
  let chain = before;
  return files.map((file) => {
    chain = chainLink(chain, file);
    return { ...file, compacted: { ...file.compacted, chain } };
  });
}

/** Of the table `hour_file`, in its order. */
const hourFileTypes = [
  ...[UBIGINT, VARCHAR, VARCHAR, UBIGINT, UBIGINT],
  ...[TIMESTAMP, TIMESTAMP, TIMESTAMP],
  ...[VARCHAR, UINTEGER, VARCHAR, VARCHAR, VARCHAR],
];

/** Appends the rows of one swap; the caller holds the transaction. */
export async function insertReplacement(
  connection: DuckDBConnection,
  { version, at }: { version: number; at: Date },
  replacement: Omit<Replacement, 'added'> & { readonly added: readonly HourFile[] },
): Promise<void> {
  const { reason, removed, added, sasRemoved, sasAdded, tokenRemoved, tokenAdded, duplicates } = replacement;
  const when = new DuckDBTimestampValue(BigInt(at.getTime()) * 1000n);
  const key = BigInt(version);
  await appendRows(
    connection,
    'removed',
    [UBIGINT, VARCHAR, VARCHAR, TIMESTAMP],
    [...removed, ...sasRemoved, ...tokenRemoved].map(({ path }) => [key, path, reason, when]),
  );
  await appendRows(
    connection,
    'hour_file',
    hourFileTypes,
    added.map(({ path, rollupPath, rows, bytes, minTime, maxTime, compacted }) => [
      key,
      path,
      rollupPath,
      BigInt(rows),
      BigInt(bytes),
      new DuckDBTimestampValue(minTime),
      new DuckDBTimestampValue(maxTime),
      new DuckDBTimestampValue(compacted.hour),
      compacted.policy,
      compacted.columnCount,
      compacted.sha256,
      compacted.rollupSha256,
      compacted.chain,
    ]),
  );
  for (const { path, rows, sha256 } of sasAdded) {
    await connection.run('INSERT INTO sas_file VALUES ($1, $2, $3, $4)', [version, path, rows, sha256]);
  }
  for (const { path, rows, sha256, covers } of tokenAdded) {
    await connection.run('INSERT INTO token_file VALUES ($1, $2, $3, $4, $5)', [
      version,
      path,
      rows,
      sha256,
      listValue(covers),
    ]);
  }
  const sum = (files: readonly SegmentFile[], of: (file: SegmentFile) => number) =>
    files.reduce((total, file) => total + of(file), 0);
  await connection.run('INSERT INTO replacement VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', [
    version,
    when,
    reason,
    removed.length,
    added.length,
    sum(removed, ({ rows }) => rows),
    sum(added, ({ rows }) => rows),
    duplicates,
    sum(removed, ({ bytes }) => bytes),
    sum(added, ({ bytes }) => bytes),
  ]);
}

const big = z.string().transform(BigInt);
const number = z.string().transform(Number);
const policies = ['minimal', 'lean', 'full'] as const satisfies readonly ColumnPolicy[];

const hourRow = z
  .tuple([
    z.tuple([z.string(), z.string(), number, number, big, big]),
    z.tuple([big, z.enum(policies), number, z.string(), z.string(), z.string()]),
  ])
  .transform(
    ([
      [path, rollupPath, rows, bytes, minTime, maxTime],
      [hour, policy, columnCount, sha256, rollupSha256, chain],
    ]): HourFile => ({
      path,
      rollupPath,
      sasPath: null,
      rows,
      bytes,
      minTime,
      maxTime,
      compacted: { hour, policy, columnCount, sha256, rollupSha256, chain },
    }),
  );

/** A file that no longer counts. */
export interface RemovedFile {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** What the tables say about swaps. */
export interface Replacements {
  readonly hourFiles: readonly HourFile[];
  readonly sasFiles: readonly SasFile[];
  readonly tokenFiles: readonly TokenFile[];
  /** Given up since the time asked for. */
  readonly removed: readonly RemovedFile[];
  /** Last link of the chain. */
  readonly chain: string;
  readonly duplicates: number;
}

/** @param since removed files are named only if they were given up later. */
export async function readReplacements(connection: DuckDBConnection, since: Date): Promise<Replacements> {
  const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
  const hours = await rowsOf(
    `SELECT path, rollup_path, row_count::VARCHAR, bytes::VARCHAR, epoch_us(min_time)::VARCHAR, epoch_us(max_time)::VARCHAR,
      epoch_us(hour)::VARCHAR, policy, column_count::VARCHAR, sha256, rollup_sha256, chain
      FROM hour_file ANTI JOIN removed USING (path) ORDER BY hour_file.rowid`,
  );
  const sas = await rowsOf(
    'SELECT path, row_count::VARCHAR, sha256 FROM sas_file ANTI JOIN removed USING (path) ORDER BY sas_file.rowid',
  );
  const tokens = await rowsOf(
    'SELECT path, row_count::VARCHAR, sha256, covers FROM token_file ANTI JOIN removed USING (path) ORDER BY token_file.rowid',
  );
  const removed = await rowsOf(
    `SELECT unnest(list_filter([r.path, s.rollup_path, s.sas_path, h.rollup_path], lambda x: x IS NOT NULL)),
      epoch_ms(removed_at)::VARCHAR
      FROM removed r LEFT JOIN segment s USING (path) LEFT JOIN hour_file h USING (path)
      WHERE epoch_ms(removed_at) > ${since.getTime()}`,
  );
  const [[chain] = []] = await rowsOf('SELECT arg_max(chain, rowid) FROM hour_file');
  const [[duplicates] = []] = await rowsOf('SELECT coalesce(sum(duplicates), 0)::VARCHAR FROM replacement');
  return {
    hourFiles: hours.map((row) => hourRow.parse([row.slice(0, 6), row.slice(6)])),
    sasFiles: z
      .array(z.tuple([z.string(), number, z.string()]))
      .parse(sas)
      .map(([path, rows, sha256]) => ({ path, rows, sha256 })),
    tokenFiles: z
      .array(z.tuple([z.string(), number, z.string(), z.array(z.string())]))
      .parse(tokens)
      .map(([path, rows, sha256, covers]) => ({ path, rows, sha256, covers })),
    removed: z
      .array(z.tuple([z.string(), number]))
      .parse(removed)
      .map(([path, atMs]) => ({ path, atMs })),
    chain: z.string().nullable().optional().parse(chain) ?? chainStart,
    duplicates: Number(duplicates ?? 0),
  };
}

/** Every file that a swap removes, with the time it was given up. */
export function removedFiles({ removed, sasRemoved, tokenRemoved }: Replacement, atMs: number): RemovedFile[] {
  const others = [...sasRemoved, ...tokenRemoved].map(({ path }) => path);
  return [...removed.flatMap(filesOf), ...others].map((path) => ({ path, atMs }));
}
