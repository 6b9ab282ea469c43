import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './segment-writer.ts';

/**
 * How many rows of some Parquet files have a value, by column, as their footers tell; of columns without any, nothing.
 *
 * @param files absolute paths.
 */
export async function valueCounts(
  connection: DuckDBConnection,
  files: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (files.length === 0) return new Map();
  const reader = await connection.runAndReadAll(
    `SELECT path_in_schema, sum(num_values - coalesce(stats_null_count, 0))::BIGINT AS count
      FROM parquet_metadata([${files.map(literal).join(', ')}]) GROUP BY path_in_schema HAVING count > 0`,
  );
  return new Map(reader.getRows().map(([name, count]) => [String(name), Number(count)]));
}
