import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Runs a statement each join of which has in memory what is written second, and passes the rows of what is written first on as they
 * come. DuckDB else changes the sides where it expects fewer rows of the first, however wide these are, and copies all of their columns
 * twice. What else is planned meanwhile may take longer.
 */
export async function runAsJoined(connection: DuckDBConnection, sql: string): Promise<void> {
  await connection.run("SET disabled_optimizers = 'build_side_probe_side'");
  try {
    await connection.run(sql);
  } finally {
    await connection.run('RESET disabled_optimizers');
  }
}
