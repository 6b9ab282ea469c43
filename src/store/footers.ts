import type { DuckDBConnection } from '@duckdb/node-api';
import { grouped } from './compaction-plan.ts';
import { literal } from './segment-writer.ts';

/** How many rows of some files have a value, by column; of columns without any, nothing. */
export type ValueCounts = ReadonlyMap<string, number>;

const valueCount = 'sum(num_values - coalesce(stats_null_count, 0))::BIGINT';

const metadata = (files: readonly string[]) => `parquet_metadata([${files.map(literal).join(', ')}])`;

/**
 * Counts the values of some Parquet files together, as their footers tell.
 *
 * @param files absolute paths.
 */
export async function valueCounts(connection: DuckDBConnection, files: readonly string[]): Promise<ValueCounts> {
  const reader = await connection.runAndReadAll(
    `SELECT path_in_schema, ${valueCount} AS count FROM ${metadata(files)} GROUP BY path_in_schema HAVING count > 0`,
  );
  return new Map(reader.getRows().map(([name, count]) => [String(name), Number(count)]));
}

/** What the footer of a file of the log tells. */
export interface LogFooter {
  readonly rows: number;
  readonly values: ValueCounts;
  /** UTC microseconds. */
  readonly minTime: bigint;
  readonly maxTime: bigint;
}

/** Footers of files that DuckDB wrote and that have rows, by their absolute paths. */
export async function logFooters(
  connection: DuckDBConnection,
  files: readonly string[],
): Promise<ReadonlyMap<string, LogFooter>> {
  if (files.length === 0) return new Map();
  const time = (statistic: string) => `epoch_us(CASE path_in_schema WHEN 'time' THEN ${statistic}::TIMESTAMP END)`;
  const reader = await connection.runAndReadAll(
    `SELECT file_name, path_in_schema, ${valueCount}, sum(num_values)::BIGINT, min(${time('stats_min_value')}),
      max(${time('stats_max_value')}) FROM ${metadata(files)} GROUP BY file_name, path_in_schema`,
  );
  const footers = new Map<string, LogFooter>();
  for (const [file, columns] of grouped(reader.getRows(), ([name]) => String(name))) {
    const [, , , rows, minTime, maxTime] = columns.find(([, name]) => name === 'time') ?? [];
    footers.set(file, {
      rows: Number(rows),
      values: new Map(columns.map(([, name, count]) => [String(name), Number(count)])),
      minTime: BigInt(String(minTime)),
      maxTime: BigInt(String(maxTime)),
    });
  }
  return footers;
}

/**
 * Checks that the rows of some files have become those of others, value by value.
 *
 * @param names columns that were to be kept.
 * @param duplicates rows that were left out.
 * @throws Error if one of the columns has lost or won values beyond that.
 */
export function assertSameValues(
  before: ValueCounts,
  after: Iterable<LogFooter>,
  { names, duplicates }: { readonly names: readonly string[]; readonly duplicates: number },
): void {
  const footers = [...after];
  for (const name of names) {
    const was = before.get(name) ?? 0;
    const is = footers.reduce((sum, { values }) => sum + (values.get(name) ?? 0), 0);
    if (is > was || is < was - duplicates) throw new Error(`${name} had ${was} values, of which ${is} came out`);
  }
}
