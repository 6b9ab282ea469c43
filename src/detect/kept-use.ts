import type { DuckDBConnection } from '@duckdb/node-api';
import { entityViews, tokenDayOfRow } from '../store/entity-views.ts';

const sameToken = (a: string, b: string) => `${a}.token_hash = ${b}.token_hash AND ${a}.account = ${b}.account`;

/**
 * `token_day` as the view has it. Most tokens of a service that mints one an object have a single row on their day: to pass it on
 * costs a third of adding it up.
 */
const daysOfTokens = `WITH alone AS MATERIALIZED (
    SELECT token_hash, account, day FROM temp.sas_use WHERE ok > 0 GROUP BY ALL HAVING count(*) = 1),
  single AS (WITH sas_use AS (FROM temp.sas_use SEMI JOIN alone USING (token_hash, account, day)) ${tokenDayOfRow}),
  several AS (WITH sas_use AS (FROM temp.sas_use ANTI JOIN alone USING (token_hash, account, day)) ${entityViews.token_day})
  FROM single UNION ALL BY NAME FROM several`;

/**
 * Tokens by five minutes and by day, in tables: `kept_sas_use` grows by the rows of new rollups, and days are made anew from
 * it for the tokens that had some, when somebody asks for days.
 */
export class KeptUse {
  readonly #connection: DuckDBConnection;
  /** Whether days may have to be made anew. */
  #isTouched = false;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Makes the tables; `rollup` and `sas` are there and show no row. */
  async create(): Promise<void> {
    await this.#run(`CREATE TABLE kept_sas_use AS ${entityViews.sas_use}`);
    await this.#run('CREATE TABLE fresh_use AS FROM kept_sas_use');
    await this.#run('CREATE TABLE touched AS SELECT token_hash, account, day FROM kept_sas_use');
    await this.#run('CREATE VIEW sas_use AS FROM kept_sas_use');
    for (const name of ['token_day', 'family_day'] as const) {
      await this.#run(`CREATE TABLE kept_${name} AS ${entityViews[name]}`);
      await this.#run(`CREATE VIEW ${name} AS FROM kept_${name}`);
    }
  }

  /** Takes the rows of `rollup` for all there is. */
  async replace(): Promise<void> {
    await this.drop({ steps: 'true', days: 'true' });
    for (const name of ['fresh_use', 'touched']) await this.#run(`DELETE FROM ${name}`);
    this.#isTouched = false;
    await this.#run(`INSERT INTO kept_sas_use ${entityViews.sas_use}`);
    for (const name of ['token_day', 'family_day'] as const) await this.#from('kept_sas_use', name);
  }

  /** Takes in the rows of `rollup`, but for those that `except`, a condition, is true of; all of them stay in `fresh_use`. */
  async add(except: string | null): Promise<void> {
    await this.#run('DELETE FROM fresh_use');
    await this.#run(`INSERT INTO fresh_use ${entityViews.sas_use}`);
    const added = `FROM fresh_use ${except === null ? '' : `WHERE NOT (${except})`}`;
    await this.#run(`INSERT INTO kept_sas_use ${added}`);
    this.#isTouched = true;
    await this.#run(`INSERT INTO touched SELECT DISTINCT token_hash, account, day ${added}`);
  }

  /** Brings days up to date. */
  async days(): Promise<void> {
    if (!this.#isTouched) return;
    await this.#run(`DELETE FROM kept_token_day k USING touched t WHERE ${sameToken('k', 't')} AND k.day = t.day`);
    await this.#from(`kept_sas_use k SEMI JOIN touched t ON ${sameToken('k', 't')} AND k.day = t.day`, 'token_day');
    await this.#run('DELETE FROM kept_family_day WHERE day IN (SELECT day FROM touched)');
    await this.#from('kept_sas_use WHERE day IN (SELECT day FROM touched)', 'family_day');
    await this.#run('DELETE FROM touched');
    this.#isTouched = false;
  }

  async #from(use: string, name: 'token_day' | 'family_day'): Promise<void> {
    await this.#run(`CREATE OR REPLACE TEMP VIEW sas_use AS FROM ${use}`);
    await this.#run(`INSERT INTO kept_${name} BY NAME ${name === 'token_day' ? daysOfTokens : entityViews[name]}`);
    await this.#run('DROP VIEW temp.sas_use');
  }

  /** Drops the rows that conditions over their five minutes and their day are true of. */
  async drop({ steps, days }: { readonly steps: string | null; readonly days: string | null }): Promise<void> {
    if (steps !== null) await this.#run(`DELETE FROM kept_sas_use WHERE ${steps}`);
    if (days === null) return;
    for (const name of ['kept_token_day', 'kept_family_day']) await this.#run(`DELETE FROM ${name} WHERE ${days}`);
  }

  async #run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }
}
