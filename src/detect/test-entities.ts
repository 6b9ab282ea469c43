import type { DuckDBConnection } from '@duckdb/node-api';
import { entityViews } from '../store/entity-views.ts';
import { rollupOf } from './rollup-of-rows.ts';

const { feed: _, ...entities } = entityViews;
/** What follows from the rows of a test, each from those before it. */
const derived = { rollup: rollupOf('storage_log'), ...entities };

/** What follows from the rows of a test, put into a table the first time a statement reads it, so that many may. */
export class TestEntities {
  readonly #connection: DuckDBConnection;
  readonly #kept = new Set<string>();

  /** @param connection has the views of tests. */
  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** The rows are others now. */
  async reset(): Promise<void> {
    for (const [name, sql] of Object.entries(derived)) {
      if (this.#kept.has(name)) await this.#connection.run(`CREATE OR REPLACE VIEW ${name} AS ${sql}`);
    }
    this.#kept.clear();
  }

  async keepFor(statement: string): Promise<void> {
    for (const name of Object.keys(derived)) {
      if (this.#kept.has(name) || !new RegExp(`\\b${name}\\b`).test(statement)) continue;
      await this.#connection.run(`CREATE OR REPLACE TABLE kept_${name} AS FROM ${name}`);
      await this.#connection.run(`CREATE OR REPLACE VIEW ${name} AS FROM kept_${name}`);
      this.#kept.add(name);
    }
  }
}
