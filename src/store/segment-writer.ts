import type { DurableFile } from './durable-file.ts';
import type { Table } from './table.ts';

/** The fast writer, the one before it, which has DuckDB encode, and the slow one they are measured by. */
export type WriterName = 'encoder' | 'filler' | 'plain';

/** Turns columns into one Parquet file. */
export interface SegmentWriter {
  /**
   * Writes all rows in the order of the named columns; the buffers may be reused once it resolves.
   *
   * @param path absolute; an existing file is replaced. Fsynced.
   * @throws what the disk or the database says, as on a full disk; part of a file may then be left.
   */
  write(table: Table, path: string, order: readonly string[]): Promise<DurableFile>;
}

/**
 * Options of every COPY of a lane. Looking for more distinct values than so many costs a tenth of the writing and makes
 * segments no smaller.
 */
export const parquetOptions =
  'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880, DICTIONARY_SIZE_LIMIT 1000';

/** A SQL string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
