import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import { bindRange } from './parameter.ts';
import type { EventRange } from './run.ts';

/** A connection with the views that rules read; read only. */
export interface RuleViews {
  readonly connection: DuckDBConnection;
  /** Makes sure that the views that a statement reads are up to date. */
  ready(sql: string): Promise<void>;
  /** Runs a statement, with `$since` and `$until`, over views that are up to date. */
  read(sql: string, range: EventRange): Promise<DuckDBResultReader>;
}

/** Views that are what they are. */
export function plainViews(connection: DuckDBConnection): RuleViews {
  return {
    connection,
    ready: async () => {},
    read: (sql, range) => connection.runAndReadAll(bindRange(sql, range)),
  };
}
