import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResultReader } from '@duckdb/node-api';
import { DuckDBTimestampValue } from '../core/duckdb.ts';

/** Times that a statement names as `$name`, UTC microseconds. */
export type Moments = Readonly<Record<string, bigint>>;

/**
 * Statements over tables that keep their names and columns: each is parsed once.
 *
 * DuckDB plans one with parameters at every run. The plan of one without it keeps, though it rests on the least and the greatest
 * values that a table had when it was made: over other rows it fails, or answers wrongly. So none of these is kept.
 */
export class PreparedStatements {
  readonly #connection: DuckDBConnection;
  readonly #prepared = new Map<string, DuckDBPreparedStatement>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async read(sql: string, moments: Moments = {}): Promise<DuckDBResultReader> {
    const statement = this.#prepared.get(sql) ?? (await this.#connection.prepare(sql));
    if (statement.parameterCount === 0) return this.#once(statement);
    this.#prepared.set(sql, statement);
    for (let index = 1; index <= statement.parameterCount; index++) {
      statement.bindTimestamp(index, new DuckDBTimestampValue(moments[statement.parameterName(index)] ?? 0n));
    }
    return statement.runAndReadAll();
  }

  async #once(statement: DuckDBPreparedStatement): Promise<DuckDBResultReader> {
    try {
      return await statement.runAndReadAll();
    } finally {
      statement.destroySync();
    }
  }
}
