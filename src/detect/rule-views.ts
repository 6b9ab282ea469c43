import type { DuckDBConnection } from '@duckdb/node-api';

/** A connection with the views that rules read; read only. */
export interface RuleViews {
  readonly connection: DuckDBConnection;
  /** Makes sure that the views that a statement reads are up to date. */
  ready(sql: string): Promise<void>;
}
