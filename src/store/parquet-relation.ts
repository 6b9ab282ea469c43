import { join } from 'node:path';
import { literal } from './segment-writer.ts';
import { sqlType, type TableColumnSpec } from './table.ts';

/** A FROM clause of no rows and the given columns. */
function emptyRelation(specs: readonly TableColumnSpec[]): string {
  return `SELECT ${specs.map((spec) => `NULL::${sqlType(spec)} AS "${spec.name}"`).join(', ')} WHERE false`;
}

/** Files to be read as one. */
export interface FileGroup {
  /** Relative to the data folder. */
  readonly paths: readonly string[];
  /** All have the same columns, so that one of them says which; else each is opened before anything is read. */
  readonly alike: boolean;
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
  return groupsRelation(dataDir, [{ paths, alike: false }], specs, virtual);
}

/** The same over several groups of files. */
export function groupsRelation(
  dataDir: string,
  groups: readonly FileGroup[],
  specs: readonly TableColumnSpec[],
  virtual: readonly string[] = [],
): string {
  const parts = groups
    .filter(({ paths }) => paths.length > 0)
    .map(({ paths, alike }) => {
      const files = `[${paths.map((path) => literal(join(dataDir, path))).join(', ')}]`;
      return `SELECT ${['*', ...virtual].join(', ')} FROM read_parquet(${files}, union_by_name = ${!alike}, hive_partitioning = false)`;
    });
  return `(${[emptyRelation(specs), ...parts].join(' UNION ALL BY NAME ')})`;
}
