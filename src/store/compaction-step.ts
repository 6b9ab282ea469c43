import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type ColumnPolicy, columns } from '../core/columns.ts';
import type { HourFile } from './commit.ts';
import { type CompactionOptions, type CompactionStep, grouped, toMerge } from './compaction-plan.ts';
import { countRows } from './count-rows.ts';
import { findDuplicates } from './duplicate-rows.ts';
import { durable } from './durable-file.ts';
import { assertSameValues, type LogFooter, logFooters, valueCounts } from './footers.ts';
import { copyByHour, hourFileOptions, logFileOptions } from './hour-copy.ts';
import type { RowsByHour } from './hour-scans.ts';
import { addRepeatedColumns } from './parquet/repeated-columns.ts';
import { filesRelation } from './parquet-relation.ts';
import type { NewHourFile, SasFile } from './replacement.ts';
import { mergedRollup } from './rollup-merge.ts';
import { storedRollup } from './rollup-relation.ts';
import { keptColumns } from './row-identity.ts';
import { sasSpecs } from './sas-table.ts';
import { literal } from './segment-writer.ts';
import { stepColumns } from './step-columns.ts';
import { hourOrder, hoursOfSegments, stepRows, within } from './step-rows.ts';
import type { TokenFile } from './token-directory.ts';

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
  /** Of a step that makes a token directory. */
  readonly tokenFile: TokenFile | null;
}

/** Where a final path's file stands in the folder of a step. */
export function stagedPath(folder: string, path: string): string {
  return join(folder, path.replaceAll('/', '_'));
}

/** Final path of the file of an hour: hive layout. */
function hourPath(hour: bigint, number: number, root = 'lake'): string {
  const iso = new Date(Number(hour / 1000n)).toISOString();
  return `${root}/dt=${iso.slice(0, 10)}/hr=${iso.slice(11, 13)}/${number}.parquet`;
}

/**
 * Writes the rows of a step's segments as one file an event hour, each upstream row once, sorted by account, token and
 * time, with a rollup sorted by token, and takes in files of the same hours where that pays.
 *
 * @throws Error if rows do not add up, or whatever the database throws; what was written is of no use then.
 */
export async function runStep(connection: DuckDBConnection, request: StepRequest): Promise<StepResult> {
  const { dataDir, folder, step, options } = request;
  const places = ['filename', 'file_row_number'];
  const relation = (paths: readonly string[], virtual: readonly string[] = []) =>
    filesRelation(dataDir, paths, columns, virtual);
  const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);
  const segments = paths(step.segments);
  const rowsBySegment = await hoursOfSegments(connection, dataDir, step.segments);
  const hours = segments.length === 0 ? hoursOfFiles(step.hourFiles) : together(rowsBySegment);

  const known = step.hourFiles.filter(({ compacted: { hour } }) => hours.has(hour));
  const knownByPolicy = new Map<ColumnPolicy, string>(
    [...grouped(known, ({ compacted: { policy } }) => policy)].map(([policy, files]) => [
      policy,
      relation(paths(files), places),
    ]),
  );
  const duplicates =
    segments.length === 0 ? 0 : await findDuplicates(connection, relation(segments, places), knownByPolicy);
  const unique = (indexes: readonly number[]) => {
    const some = indexes.flatMap((index) => segments[index] ?? []);
    return duplicates === 0
      ? relation(some)
      : `(SELECT * EXCLUDE (${places.join(', ')}) FROM ${relation(some, places)} ANTI JOIN duplicate USING (${places.join(', ')}))`;
  };
  const takenBy = new Map(
    [...hours].map(([hour, rows]) => {
      const files = known.filter(({ compacted }) => compacted.hour === hour);
      return [hour, segments.length === 0 ? files : toMerge(files, { ...options, newRows: rows })];
    }),
  );
  const merged = [...takenBy.values()].flat();
  const rowsIn = sumOf([...step.segments, ...merged], ({ rows }) => rows);
  const sources = [...segments, ...paths(merged)].map((path) => join(dataDir, path));
  const values = await valueCounts(connection, sources);
  const shape = await stepColumns(connection, sources, { rows: rowsIn, hours: hours.size, values });
  const fresh = await stepRows(connection, rowsBySegment, unique, shape.sorted);
  const staged = [...hours.keys()].map((hour) => [hour, stagedPath(folder, hourPath(hour, request.number))] as const);
  const logRows = (hour: bigint) => {
    const taken = (takenBy.get(hour) ?? []).map(({ path }) => path);
    const rows = fresh.of(hour);
    if (taken.length > 0) rows.push(`SELECT ${shape.sorted} FROM ${relation(taken)}`);
    const order = fresh.inOrder && taken.length === 0 ? '' : `ORDER BY ${hourOrder}`;
    return `SELECT ${shape.written(options.policy)} FROM (${rows.join(' UNION ALL BY NAME ')} ${order})`;
  };
  const files = await copyByHour(connection, new Map(staged), logRows, logFileOptions);
  await connection.run('DROP TABLE IF EXISTS kept');
  for (const path of files.values()) await addRepeatedColumns(path, shape.repeated(options.policy));
  const footers = await logFooters(connection, [...files.values()]);
  const added = await hourFiles(request, files, footers);
  const rowsOut = sumOf(added, ({ rows }) => rows);
  if (rowsIn !== rowsOut + duplicates) {
    throw new Error(`${rowsIn} rows were to be compacted, ${rowsOut} and ${duplicates} duplicates came out`);
  }
  const names = keptColumns(options.policy).map(({ name }) => name);
  assertSameValues(values, footers.values(), { names, duplicates });
  const withRollups = await writeRollups(connection, request, { merged, added, duplicates });
  return { added: withRollups, sasAdded: await writeSas(connection, request), merged, duplicates, tokenFile: null };
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

function together(segments: readonly RowsByHour[]): Map<bigint, number> {
  const rows = segments.flatMap((hours) => [...hours]).sort(([a], [b]) => Number(a - b));
  return new Map(
    [...grouped(rows, ([hour]) => hour)].map(([hour, parts]) => [hour, sumOf(parts, ([, count]) => count)]),
  );
}

function hoursOfFiles(files: readonly HourFile[]): Map<bigint, number> {
  return new Map(files.map(({ compacted: { hour } }) => [hour, 0]));
}

/** Syncs written files and says what is in them. */
async function hourFiles(
  { number, options: { policy } }: StepRequest,
  files: ReadonlyMap<bigint, string>,
  footers: ReadonlyMap<string, LogFooter>,
): Promise<NewHourFile[]> {
  const added: NewHourFile[] = [];
  for (const [hour, file] of files) {
    const footer = footers.get(file);
    if (footer === undefined) throw new Error(`${file} has no rows`);
    const { rows, minTime, maxTime } = footer;
    const { bytes, sha256 } = await durable(file);
    added.push({
      path: hourPath(hour, number),
      rollupPath: hourPath(hour, number, 'lake/rollup'),
      sasPath: null,
      rows,
      bytes,
      minTime,
      maxTime,
      compacted: { hour, policy, columnCount: columns.length, sha256, rollupSha256: '' },
    });
  }
  return added;
}

/** Values of some aggregates of each file, by its path. */
async function byFile(
  connection: DuckDBConnection,
  files: ReadonlyMap<bigint, string>,
  aggregates: string,
): Promise<Map<string, readonly unknown[]>> {
  if (files.size === 0) return new Map();
  const paths = [...files.values()].map(literal);
  const reader = await connection.runAndReadAll(
    `SELECT filename, ${aggregates} FROM read_parquet([${paths.join(', ')}], filename = true, hive_partitioning = false) GROUP BY filename`,
  );
  return new Map(reader.getRows().map(([path, ...values]) => [String(path), values]));
}

/** Rollups are united, less what the duplicates had counted: log rows are not read again. */
async function writeRollups(
  connection: DuckDBConnection,
  { dataDir, folder, step }: StepRequest,
  { merged, added, duplicates }: Pick<StepResult, 'merged' | 'added' | 'duplicates'>,
): Promise<NewHourFile[]> {
  const rollups = storedRollup(dataDir, [...step.segments, ...merged]);
  const without = duplicates === 0 ? null : 'duplicate';
  await connection.run(`CREATE OR REPLACE TEMP TABLE rolled_up AS ${mergedRollup(rollups, without)}`);
  const staged = added.map(({ rollupPath, compacted }) => [compacted.hour, stagedPath(folder, rollupPath)] as const);
  const files = await copyByHour(
    connection,
    new Map(staged),
    (hour) => `FROM rolled_up WHERE ${within('bucket', hour)} ORDER BY token, token_fingerprint, bucket, account`,
  );
  await connection.run('DROP TABLE rolled_up');
  const counted = await byFile(connection, files, 'sum("rows")');
  const result: NewHourFile[] = [];
  for (const file of added) {
    const written = files.get(file.compacted.hour) ?? '';
    const [count = 0] = counted.get(written) ?? [];
    if (Number(count) !== file.rows) throw new Error(`the rollup of ${file.path} counts ${count} rows of ${file.rows}`);
    const { sha256: rollupSha256 } = await durable(written);
    result.push({ ...file, compacted: { ...file.compacted, rollupSha256 } });
  }
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
  const { sha256 } = await durable(staged);
  return [{ path, rows: await countRows(connection, `read_parquet(${literal(staged)})`), sha256 }];
}
