import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import { bindMoments } from './parameter.ts';
import type { Moments, PreparedStatements } from './prepared-statements.ts';
import { type HeldPart, numberIn } from './rule-views.ts';

/**
 * The rows of parts of statements, each in a table of its own: what a rule asks of entities before it reads the log is asked
 * once, and its statement over the log, which is planned anew every time, goes on from there.
 */
export class HeldParts {
  readonly #connection: DuckDBConnection;
  readonly #prepared: PreparedStatements;
  readonly #tables = new Map<string, string>();
  /** Tables that have rows: most have none. */
  readonly #filled = new Set<string>();

  constructor(connection: DuckDBConnection, prepared: PreparedStatements) {
    this.#connection = connection;
    this.#prepared = prepared;
  }

  /** Puts the rows of a statement in the place of those it had before. */
  async hold(sql: string, moments: Moments): Promise<HeldPart> {
    const relation = await this.#emptied(sql, bindMoments(sql, moments));
    return this.#held(relation, await this.#prepared.read(`INSERT INTO ${relation} ${sql}`, moments));
  }

  /**
   * The same of a statement that reads other relations every time.
   *
   * @param name what it is known by.
   * @param run runs the statement that takes its rows in.
   */
  async holdAnew(name: string, sql: string, run: (sql: string) => Promise<DuckDBResultReader>): Promise<HeldPart> {
    const relation = await this.#emptied(name, sql);
    return this.#held(relation, await run(`INSERT INTO ${relation} ${sql}`));
  }

  #held(relation: string, inserted: DuckDBResultReader): HeldPart {
    const rows = numberIn(inserted);
    if (rows > 0n) this.#filled.add(relation);
    return { relation, rows };
  }

  async #emptied(name: string, sql: string): Promise<string> {
    const relation = this.#tables.get(name) ?? (await this.#create(name, sql));
    if (!this.#filled.has(relation)) return relation;
    await this.#prepared.read(`DELETE FROM ${relation}`);
    this.#filled.delete(relation);
    return relation;
  }

  async #create(name: string, sql: string): Promise<string> {
    const relation = `held_${this.#tables.size}`;
    await this.#connection.run(`CREATE TABLE ${relation} AS FROM (${sql}) LIMIT 0`);
    this.#tables.set(name, relation);
    return relation;
  }
}
