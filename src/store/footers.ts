import type { DuckDBConnection } from '@duckdb/node-api';
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
  const rows = reader.getRows();
  const counts = (file: string) =>
    rows.flatMap(([of, name, count]) => (of === file ? [[String(name), Number(count)] as const] : []));
  return new Map(
    rows
      .filter(([, name]) => name === 'time')
      .map(([file, , , count, minTime, maxTime]) => [
        String(file),
        {
          rows: Number(count),
          values: new Map(counts(String(file))),
          minTime: BigInt(String(minTime)),
          maxTime: BigInt(String(maxTime)),
        },
      ]),
  );
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
