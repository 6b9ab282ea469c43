import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResultReader } from '@duckdb/node-api';
import { DuckDBTimestampValue } from '../core/duckdb.ts';

/** Times that a statement names as `$name`, UTC microseconds. */
export type Moments = Readonly<Record<string, bigint>>;

/**
 * Statements over tables that keep their names and columns: each is prepared once. That saves planning only those that
 * name no moment: DuckDB plans a statement with parameters at every run.
 */
export class PlannedStatements {
  readonly #connection: DuckDBConnection;
  readonly #planned = new Map<string, DuckDBPreparedStatement>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async read(sql: string, moments: Moments = {}): Promise<DuckDBResultReader> {
    const statement = this.#planned.get(sql) ?? (await this.#connection.prepare(sql));
    this.#planned.set(sql, statement);
    for (let index = 1; index <= statement.parameterCount; index++) {
      statement.bindTimestamp(index, new DuckDBTimestampValue(moments[statement.parameterName(index)] ?? 0n));
    }
    return statement.runAndReadAll();
  }
}
