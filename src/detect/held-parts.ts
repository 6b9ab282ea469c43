import type { DuckDBConnection } from '@duckdb/node-api';
import { bindMoments } from './parameter.ts';
import type { Moments, PlannedStatements } from './planned-statements.ts';
import { type HeldPart, numberIn } from './rule-views.ts';

/**
 * The rows of parts of statements, each in a table of its own: what a rule asks of entities before it reads the log is asked
 * once, and its statement over the log, which is planned anew every time, goes on from there.
 */
export class HeldParts {
  readonly #connection: DuckDBConnection;
  readonly #planned: PlannedStatements;
  readonly #tables = new Map<string, string>();

  constructor(connection: DuckDBConnection, planned: PlannedStatements) {
    this.#connection = connection;
    this.#planned = planned;
  }

  /** Puts the rows of a statement in the place of those it had before. */
  async hold(sql: string, moments: Moments): Promise<HeldPart> {
    const relation = this.#tables.get(sql) ?? (await this.#create(sql, moments));
    await this.#planned.read(`DELETE FROM ${relation}`);
    return { relation, rows: numberIn(await this.#planned.read(`INSERT INTO ${relation} ${sql}`, moments)) };
  }

  async #create(sql: string, moments: Moments): Promise<string> {
    const name = `held_${this.#tables.size}`;
    await this.#connection.run(`CREATE TABLE ${name} AS FROM (${bindMoments(sql, moments)}) LIMIT 0`);
    this.#tables.set(sql, name);
    return name;
  }
}
