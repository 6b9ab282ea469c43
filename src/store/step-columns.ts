import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type ColumnPolicy, columns } from '../core/columns.ts';
import { countRows } from './count-rows.ts';
import { filesRelation } from './parquet-relation.ts';
import { keptColumns } from './row-identity.ts';
import { literal } from './segment-writer.ts';
import { sqlType } from './table.ts';

/**
 * Different texts of a column up to which it becomes an ENUM, however many rows there are, and for each row of a file: the whole
 * dictionary goes into every row group, and would be most of a small file.
 */
const entriesMax = 1_000;
const entriesPerRow = 1 / 16;

/** A smaller step is sorted sooner than its columns are looked through. */
const rowsMin = 2_000;

/** Sorted by, and `account` then skipped by: the least and the greatest text of a row group are those of a whole ENUM. */
const asIs: ReadonlySet<string> = new Set(['account', 'token', 'time']);

/** How the columns of a step go through its sort. */
export interface StepColumns {
  /** SELECT list of what is sorted: columns that differ from row to row, those of few texts as ENUMs. */
  readonly sorted: string;
  /** SELECT list that makes of it the columns a file of the policy has, in their order. */
  written(policy: ColumnPolicy): string;
}

/**
 * Looks through the columns of some files, so that a sort moves few bytes: a column that is the same in every row is left
 * out and put in again when writing, and one of few texts becomes an ENUM. Parquet holds plain columns all the same.
 *
 * @param paths all files whose rows are going to be written: a text that is in none cannot be.
 * @param rows how many they have.
 * @param hours how many files these become.
 */
export async function stepColumns(
  connection: DuckDBConnection,
  dataDir: string,
  paths: readonly string[],
  { rows, hours }: { readonly rows: number; readonly hours: number },
): Promise<StepColumns> {
  const most = Math.min(entriesMax, Math.max(1, Math.floor((rows / hours) * entriesPerRow)));
  const sorted = new Map(columns.map(({ name }) => [name as string, `"${name}"`]));
  const constant = new Map<string, string>();
  const relation = filesRelation(dataDir, paths, columns);
  const present = rows < rowsMin ? null : await presentIn(connection, dataDir, paths);
  for (const spec of present === null ? [] : columns) {
    const { name, type } = spec;
    if (asIs.has(name)) continue;
    const count = present?.get(name) ?? 0;
    if (count === 0) constant.set(name, `NULL::${sqlType(spec)}`);
    if (count === 0 || type !== 'dictionary') continue;
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE entry AS
        SELECT DISTINCT "${name}" AS text FROM ${relation} WHERE "${name}" IS NOT NULL LIMIT ${most + 1}`,
    );
    const entries = await countRows(connection, 'entry');
    if (entries > most) continue;
    await connection.run(`CREATE TYPE "${name}_text" AS ENUM (SELECT text FROM entry ORDER BY text)`);
    // Of all ways to write one text many times, an ENUM is by far the fastest.
    if (entries === 1 && count === rows) constant.set(name, `enum_first(NULL::"${name}_text")::"${name}_text"`);
    else sorted.set(name, `"${name}"::"${name}_text" AS "${name}"`);
  }
  await connection.run('DROP TABLE IF EXISTS entry');
  return {
    sorted: [...sorted].flatMap(([name, sql]) => (constant.has(name) ? [] : [sql])).join(', '),
    written: (policy) =>
      keptColumns(policy)
        .map(({ name }) => (constant.has(name) ? `${constant.get(name)} AS "${name}"` : `"${name}"`))
        .join(', '),
  };
}

/** How many rows of some files have a value, by column, as their footers tell. */
async function presentIn(
  connection: DuckDBConnection,
  dataDir: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const files = paths.map((path) => literal(join(dataDir, path)));
  const reader = await connection.runAndReadAll(
    `SELECT path_in_schema, sum(num_values - coalesce(stats_null_count, 0))::INTEGER
      FROM parquet_metadata([${files.join(', ')}]) GROUP BY path_in_schema`,
  );
  return new Map(reader.getRows().map(([name, count]) => [String(name), Number(count)]));
}
