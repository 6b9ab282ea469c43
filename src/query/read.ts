import type { DuckDBConnection, DuckDBResult, DuckDBValue } from '@duckdb/node-api';
import { cellKind, chunkRows, type QueryResult, type ResultColumn, type Row } from './cell.ts';

/** The rows of a streaming result, at most `rowsMax` of them (0: all). */
export function resultOf(result: DuckDBResult, rowsMax = 0): QueryResult {
  const columns: ResultColumn[] = result.deduplicatedColumnNames().map((name, i) => {
    const type = result.columnType(i);
    return { name, kind: cellKind(type), type: type.toString() };
  });
  let truncated = false;
  async function* batches(): AsyncGenerator<readonly Row[]> {
    let left = rowsMax === 0 ? Number.POSITIVE_INFINITY : rowsMax;
    for await (const chunk of result) {
      const rows = chunkRows(chunk, columns);
      if (rows.length > left) {
        truncated = true;
        if (left > 0) yield rows.slice(0, left);
        return;
      }
      left -= rows.length;
      if (rows.length > 0) yield rows;
    }
  }
  return { columns, batches: batches(), truncated: () => truncated };
}

/** Runs a statement of our own, with named parameters, and streams its rows. User SQL goes through `runQuery` instead. */
export async function read(
  connection: DuckDBConnection,
  sql: string,
  values: Record<string, DuckDBValue> = {},
): Promise<QueryResult> {
  return resultOf(await connection.stream(sql, values));
}
