import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type ColumnPolicy, columns } from '../core/columns.ts';
import type { HourFile } from './commit.ts';
import { type CompactionOptions, type CompactionStep, grouped, hourMicros, toMerge } from './compaction-plan.ts';
import { findDuplicates } from './duplicate-rows.ts';
import { sha256, syncFile } from './durable-file.ts';
import { filesRelation } from './parquet-relation.ts';
import type { NewHourFile, SasFile } from './replacement.ts';
import { rollupSpecs } from './rollup-columns.ts';
import { mergedRollup } from './rollup-merge.ts';
import { keptColumns } from './row-identity.ts';
import { sasSpecs } from './sas-table.ts';
import { literal } from './segment-writer.ts';
import { codedColumns } from './step-enums.ts';

/**
 * Small row groups: a token's rows are read without the rest. Pages of version 1: DuckDB writes UINTEGER as differences of 33
 * bits in version 2, which pyarrow refuses and hyparquet misreads, and a file gets but 1 % smaller by it.
 */
const hourFileOptions = 'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE 30720';

/** Hours up to which the segments are scanned once an hour; for more they are first put in order of time. */
const scansMax = 32;

export interface StepRequest {
  readonly dataDir: string;
  /** Folder for the new files, absolute and of this step alone. */
  readonly folder: string;
  /** Number that names the new files; of no step before. */
  readonly number: number;
  readonly step: CompactionStep;
  readonly options: Pick<CompactionOptions, 'policy' | 'hourRowsMax'>;
}

/** What a step has written, fsynced, into its folder; `path`s are the final ones, relative to the data folder. */
export interface StepResult {
  readonly added: readonly NewHourFile[];
  readonly sasAdded: readonly SasFile[];
  /** Hour files whose rows are in the new ones. */
  readonly merged: readonly HourFile[];
  readonly duplicates: number;
}

/** Where a final path's file stands in the folder of a step. */
export function stagedPath(folder: string, path: string): string {
  return join(folder, path.replaceAll('/', '_'));
}

/** `dt=YYYY-MM-DD/hr=HH` of an hour. */
function hiveFolder(hour: bigint): string {
  const iso = new Date(Number(hour / 1000n)).toISOString();
  return `dt=${iso.slice(0, 10)}/hr=${iso.slice(11, 13)}`;
}

async function count(connection: DuckDBConnection, relation: string): Promise<number> {
  return Number((await connection.runAndReadAll(`SELECT count(*) FROM ${relation}`)).getRows()[0]?.[0]);
}

/** Rows of the segments by event hour. */
async function hoursOf(connection: DuckDBConnection, relation: string): Promise<Map<bigint, number>> {
  const reader = await connection.runAndReadAll(
    `SELECT (epoch_us(time) - epoch_us(time) % ${hourMicros})::BIGINT AS hour, count(*) FROM ${relation} GROUP BY 1 ORDER BY 1`,
  );
  return new Map(reader.getRows().map(([hour, rows]) => [BigInt(String(hour)), Number(rows)]));
}

/**
 * Writes the rows of a step's segments as one file an event hour, each upstream row once, sorted by account, token and
 * time, with a rollup sorted by token, and takes in files of the same hours where that pays.
 *
 * @throws Error if rows do not add up, or whatever the database throws; what was written is of no use then.
 */
export async function runStep(connection: DuckDBConnection, request: StepRequest): Promise<StepResult> {
  const { dataDir, step, options } = request;
  const places = ['file_index', 'file_row_number'];
  const relation = (paths: readonly string[], virtual: readonly string[] = []) =>
    filesRelation(dataDir, paths, columns, virtual);
  const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);
  const incoming = relation(paths(step.segments), places);
  const hours = step.segments.length === 0 ? hoursOfFiles(step.hourFiles) : await hoursOf(connection, incoming);

  const known = step.hourFiles.filter(({ compacted: { hour } }) => hours.has(hour));
  const knownByPolicy = new Map<ColumnPolicy, string>(
    [...grouped(known, ({ compacted: { policy } }) => policy)].map(([policy, files]) => [
      policy,
      relation(paths(files), places),
    ]),
  );
  const duplicates = step.segments.length === 0 ? 0 : await findDuplicates(connection, incoming, knownByPolicy);
  const unique =
    duplicates === 0
      ? relation(paths(step.segments))
      : `(SELECT * EXCLUDE (${places.join(', ')}) FROM ${incoming} ANTI JOIN duplicate USING (${places.join(', ')}))`;
  const takenBy = new Map(
    [...hours].map(([hour, rows]) => {
      const files = known.filter(({ compacted }) => compacted.hour === hour);
      return [hour, step.segments.length === 0 ? files : toMerge(files, { ...options, newRows: rows })];
    }),
  );
  const merged = [...takenBy.values()].flat();
  const rowsIn = [...step.segments, ...merged].reduce((sum, { rows }) => sum + rows, 0);
  const coded = await codedColumns(connection, relation([...paths(step.segments), ...paths(merged)]), rowsIn);
  let source = unique;
  if (hours.size > scansMax) {
    const select = [...coded.values()].join(', ');
    await connection.run(`CREATE OR REPLACE TEMP TABLE by_time AS SELECT ${select} FROM ${unique} ORDER BY time`);
    source = 'by_time';
  }

  const added: NewHourFile[] = [];
  for (const [hour, taken] of takenBy) {
    const within = `time >= make_timestamp(${hour}) AND time < make_timestamp(${hour + hourMicros})`;
    const all =
      taken.length === 0
        ? `(FROM ${source} WHERE ${within})`
        : `(SELECT * FROM ${source} WHERE ${within} UNION ALL BY NAME SELECT * FROM ${relation(paths(taken))})`;
    const file = await writeHour(connection, request, hour, all, coded);
    if (file !== null) added.push(file);
  }
  await connection.run('DROP TABLE IF EXISTS by_time');
  const rowsOut = added.reduce((sum, { rows }) => sum + rows, 0);
  if (rowsIn !== rowsOut + duplicates) {
    throw new Error(`${rowsIn} rows were to be compacted, ${rowsOut} and ${duplicates} duplicates came out`);
  }
  const withRollups = await writeRollups(connection, request, merged, added);
  return { added: withRollups, sasAdded: await writeSas(connection, request), merged, duplicates };
}

function hoursOfFiles(files: readonly HourFile[]): Map<bigint, number> {
  return new Map(files.map(({ compacted: { hour } }) => [hour, 0]));
}

/** Writes one hour's file; null if no row is left for it. */
async function writeHour(
  connection: DuckDBConnection,
  { folder, number, options: { policy } }: StepRequest,
  hour: bigint,
  rows: string,
  coded: ReadonlyMap<string, string>,
): Promise<NewHourFile | null> {
  const place = `${hiveFolder(hour)}/${number}.parquet`;
  const path = `lake/${place}`;
  const staged = stagedPath(folder, path);
  const kept = keptColumns(policy).map(({ name }) => coded.get(name) ?? name);
  await connection.run(
    `COPY (FROM (SELECT ${kept.join(', ')} FROM ${rows}) ORDER BY account, token, time) TO ${literal(staged)} (${hourFileOptions})`,
  );
  const reader = await connection.runAndReadAll(
    `SELECT count(*), epoch_us(min(time)), epoch_us(max(time)) FROM read_parquet(${literal(staged)})`,
  );
  const [written, minTime, maxTime] = reader.getRows()[0] ?? [];
  if (Number(written) === 0) {
    await rm(staged);
    return null;
  }
  await syncFile(staged);
  return {
    path,
    rollupPath: `lake/rollup/${place}`,
    sasPath: null,
    rows: Number(written),
    bytes: (await stat(staged)).size,
    minTime: BigInt(String(minTime)),
    maxTime: BigInt(String(maxTime)),
    compacted: {
      hour,
      policy,
      columnCount: columns.length,
      sha256: await sha256(staged),
      rollupSha256: '',
    },
  };
}

/** Rollups are united, less what the duplicates had counted: log rows are not read again. */
async function writeRollups(
  connection: DuckDBConnection,
  { dataDir, folder, step }: StepRequest,
  merged: readonly HourFile[],
  added: readonly NewHourFile[],
): Promise<NewHourFile[]> {
  const paths = [...step.segments, ...merged].map(({ rollupPath }) => rollupPath);
  const without =
    step.segments.length === 0 ? `(${`SELECT * FROM ${filesRelation(dataDir, [], columns)}`})` : 'duplicate';
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE rolled_up AS ${mergedRollup(filesRelation(dataDir, paths, rollupSpecs), without)}`,
  );
  const result: NewHourFile[] = [];
  for (const file of added) {
    const { hour } = file.compacted;
    const staged = stagedPath(folder, file.rollupPath);
    await connection.run(
      `COPY (FROM rolled_up WHERE bucket >= make_timestamp(${hour}) AND bucket < make_timestamp(${hour + hourMicros})
        ORDER BY token, token_fingerprint, bucket, account) TO ${literal(staged)} (${hourFileOptions})`,
    );
    const counted = Number(
      (await connection.runAndReadAll(`SELECT sum("rows") FROM read_parquet(${literal(staged)})`)).getRows()[0]?.[0],
    );
    if (counted !== file.rows) throw new Error(`the rollup of ${file.path} counts ${counted} rows of ${file.rows}`);
    await syncFile(staged);
    result.push({ ...file, compacted: { ...file.compacted, rollupSha256: await sha256(staged) } });
  }
  await connection.run('DROP TABLE rolled_up');
  return result;
}

async function writeSas(
  connection: DuckDBConnection,
  { dataDir, folder, number, step }: StepRequest,
): Promise<SasFile[]> {
  const fromSegments = step.segments.flatMap(({ sasPath }) => (sasPath === null ? [] : [sasPath]));
  if (fromSegments.length === 0) return [];
  const path = `lake/sas/${number}.parquet`;
  const staged = stagedPath(folder, path);
  const relation = filesRelation(dataDir, [...step.sasFiles.map((file) => file.path), ...fromSegments], sasSpecs);
  await connection.run(
    `COPY (SELECT DISTINCT ON (sas_id) * FROM ${relation} ORDER BY sas_id) TO ${literal(staged)} (${hourFileOptions})`,
  );
  await syncFile(staged);
  const rows = await count(connection, `read_parquet(${literal(staged)})`);
  return [{ path, rows, sha256: await sha256(staged) }];
}
