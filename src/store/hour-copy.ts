import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './segment-writer.ts';

/** Small row groups: a token's rows are read without the rest. */
export const rowGroupRows = 30_720;

/**
 * Pages of version 1: DuckDB writes UINTEGER as differences of 33 bits in version 2, which pyarrow refuses and hyparquet
 * misreads, and a file gets but 1 % smaller by it.
 */
export const hourFileOptions = `FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE ${rowGroupRows}`;

/**
 * The same for files of the log: looking for more different values than so many costs a twentieth of compaction, and files get
 * larger by the dictionaries. A row group of more tokens has no bloom filter on them, but a narrow range.
 */
export const logFileOptions = `${hourFileOptions}, DICTIONARY_SIZE_LIMIT 1000`;

/**
 * Writes a Parquet file for each hour that has rows. Nothing is synced.
 *
 * One statement an hour: DuckDB's `PARTITION_BY` would take one for all, but keeps no order.
 *
 * @param paths absolute, by the start of the hour, UTC microseconds.
 * @param rowsOf SQL of the rows of one hour, in their order.
 * @returns those of the paths whose file has rows.
 */
export async function copyByHour(
  connection: DuckDBConnection,
  paths: ReadonlyMap<bigint, string>,
  rowsOf: (hour: bigint) => string,
  options = hourFileOptions,
): Promise<Map<bigint, string>> {
  const written = new Map<bigint, string>();
  for (const [hour, path] of paths) {
    const { rowsChanged } = await connection.run(`COPY (${rowsOf(hour)}) TO ${literal(path)} (${options})`);
    if (rowsChanged > 0) written.set(hour, path);
  }
  return written;
}
