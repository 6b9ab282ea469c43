import type { DuckDBConnection } from '@duckdb/node-api';
import type { Table } from '../../src/store/table.ts';

/** Rows of a file, and how many of them differ in each column from the one at the same place of another file. */
export async function differences(
  connection: DuckDBConnection,
  { columns }: Table,
  ours: string,
  oracle: string,
): Promise<{ rows: number; columns: number[] }> {
  const differs = columns.map(({ spec: { name } }) => `count(*) FILTER (a."${name}" IS DISTINCT FROM b."${name}")`);
  const read = await connection.runAndReadAll(
    `SELECT (SELECT count(*) FROM read_parquet('${ours}')), ${differs.join(', ')}
    FROM read_parquet('${ours}') a POSITIONAL JOIN read_parquet('${oracle}') b`,
  );
  const [rows, ...counts] = (read.getRows()[0] ?? []).map(Number);
  return { rows: rows ?? 0, columns: counts };
}
