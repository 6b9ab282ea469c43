import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '../src/core/duckdb.ts';
import { openReader } from '../src/store/reader.ts';

/** Columns that both ways must have stored alike; one hash of them a row, all rows by exclusive or, in any order. */
const digestQuery = (from: string) => `
SELECT count(*)::VARCHAR || ' rows, ' || coalesce(bit_xor(hash(
    time, time_tick, category, operation_name, status_code, correlation_id, token, token_hash, key_name, account,
    object_key, uri, user_agent, request_body_bytes, response_body_bytes, etag, last_modified)), 0)::VARCHAR
FROM ${from}`;

async function digest(connection: DuckDBConnection, from: string): Promise<string> {
  const [row] = (await connection.runAndReadAll(digestQuery(from))).getRowsJson();
  return String(row?.[0]);
}

/** Rows of a data folder, condensed to a text that is the same for the same rows. */
export async function lakeDigest(dataDir: string): Promise<string> {
  const reader = await openReader(dataDir);
  try {
    return await digest(reader.connection, 'storage_log');
  } finally {
    reader.close();
  }
}

/** The same of a Parquet file. */
export async function fileDigest(path: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return await digest(connection, `'${path.replaceAll("'", "''")}'`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
