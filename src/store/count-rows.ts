import type { DuckDBConnection } from '@duckdb/node-api';

/** How many rows a relation has: a table, or whatever else stands in a FROM clause. */
export async function countRows(connection: DuckDBConnection, relation: string): Promise<number> {
  return Number((await connection.runAndReadAll(`SELECT count(*) FROM ${relation}`)).getRows()[0]?.[0]);
}
