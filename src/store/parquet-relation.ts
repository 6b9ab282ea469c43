import { join } from 'node:path';
import { literal } from './segment-writer.ts';
import { sqlType, type TableColumnSpec } from './table.ts';

/** A FROM clause of no rows and the given columns. */
function emptyRelation(specs: readonly TableColumnSpec[]): string {
  return `SELECT ${specs.map((spec) => `NULL::${sqlType(spec)} AS "${spec.name}"`).join(', ')} WHERE false`;
}

/**
 * A FROM clause over Parquet files whose columns are the given ones at least: what a file lacks, because it is older or
 * was compacted to fewer columns, is null.
 *
 * @param paths relative to the data folder.
 * @param virtual further columns of the reader, as `file_index`; null in no row.
 */
export function filesRelation(
  dataDir: string,
  paths: readonly string[],
  specs: readonly TableColumnSpec[],
  virtual: readonly string[] = [],
): string {
  const empty = emptyRelation(specs);
  if (paths.length === 0) return `(${empty})`;
  const files = `[${paths.map((path) => literal(join(dataDir, path))).join(', ')}]`;
  const columns = ['*', ...virtual].join(', ');
  return `(${empty} UNION ALL BY NAME
    SELECT ${columns} FROM read_parquet(${files}, union_by_name = true, hive_partitioning = false))`;
}
