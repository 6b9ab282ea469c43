import type { DuckDBConnection } from '@duckdb/node-api';
import { entityViews, familyDayOf, sasUseWith, tokenDayOfRow } from '../store/entity-views.ts';
import { keptGrants, withAllGrants } from './kept-grants.ts';

const sameToken = (a: string, b: string) => `${a}.token_hash = ${b}.token_hash AND ${a}.account = ${b}.account`;

/**
 * Rows of `sas_use` that are the only ones of their token's day, and the others. Most tokens of a service that mints one an object
 * have a single row on their day: to pass it on costs a third of adding it up.
 */
const partedUse = `alone AS MATERIALIZED (
    SELECT token_hash, account, day FROM temp.sas_use GROUP BY ALL HAVING count(*) = 1),
  single_use AS NOT MATERIALIZED (FROM temp.sas_use SEMI JOIN alone USING (token_hash, account, day)),
  several_use AS NOT MATERIALIZED (FROM temp.sas_use ANTI JOIN alone USING (token_hash, account, day))`;

/** `token_day` as the view has it. */
const tokenDay = `WITH ${partedUse},
  single AS (WITH sas_use AS (FROM single_use) ${tokenDayOfRow}),
  several AS (WITH sas_use AS NOT MATERIALIZED (FROM several_use) ${entityViews.token_day})
  FROM single UNION ALL BY NAME FROM several`;

/** What a family's day is made of, by its column. */
const ofFamily = {
  reads: 'reads',
  bytes_out: 'bytes_out',
  deletes: 'deletes',
  overwrites: 'overwrite_candidates',
  errors: 'errors',
  tiers: 'tiers',
} as const;
const each = (sql: (name: string, column: string) => string) =>
  Object.entries(ofFamily)
    .map(([name, column]) => sql(name, column))
    .join(', ');
const sums = each((name, column) => `sum(${column})::BIGINT AS ${name}`);

/**
 * `family_day` as the view has it. A row counts in the three windows of 15 minutes that end with it or after it: what one that
 * ends without a row has, the one that ends with the row before has too. Windows are grouped by the number of their token's day,
 * which costs half of grouping them by the token.
 */
const familyDay = `WITH days AS MATERIALIZED (
    SELECT account, token_hash, day, count(*) AS steps, max(family) AS family, ${sums}, (row_number() OVER ())::UINTEGER AS number
    FROM temp.sas_use GROUP BY account, token_hash, day),
  windows AS (
    SELECT number, step + later AS span_end, ${sums}
    FROM (
      SELECT d.number, epoch(u.bucket)::UINTEGER // 300 AS step, ${each((_, column) => `u.${column}`)}
      FROM temp.sas_use u JOIN days d ON ${sameToken('d', 'u')} AND d.day = u.day WHERE d.steps > 1),
      (VALUES (0::UINTEGER), (1::UINTEGER), (2::UINTEGER)) ends(later)
    GROUP BY number, span_end),
  peaks AS (SELECT number, ${each((name) => `max(${name}) AS ${name}`)} FROM windows GROUP BY number)
  ${familyDayOf(`SELECT d.account, d.day, d.family, d.reads, d.bytes_out, d.deletes,
    ${each((name) => `coalesce(p.${name}, d.${name}) AS span_${name}`)}
    FROM days d LEFT JOIN peaks p ON p.number = d.number`)}`;

const use = sasUseWith(keptGrants.sas_use);
const dayViews = { token_day: tokenDay, family_day: familyDay } as const;
const dayNames = ['token_day', 'family_day'] as const;

/**
 * Tokens by five minutes and by day, in tables: `kept_sas_use` grows by the rows of new rollups, and days are made anew from
 * it for the tokens that had some, when somebody asks for days.
 */
export class KeptUse {
  readonly #connection: DuckDBConnection;
  /** Whether days may have to be made anew. */
  #isTouched = false;
  /** How often rows were taken in; each row of `kept_sas_use` has the number of its time. */
  #arrival = 0;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Makes the tables; `rollup` and `sas` are there and show no row. */
  async create(): Promise<void> {
    await this.#run(`CREATE TABLE kept_sas_use AS SELECT *, 0::UINTEGER AS arrival FROM (${use})`);
    await this.#run('CREATE TABLE touched AS SELECT token_hash, account, day FROM kept_sas_use');
    const rows = 'SELECT * EXCLUDE (arrival) FROM kept_sas_use';
    await this.#run(`CREATE VIEW sas_use AS ${rows}`);
    await this.#run(`CREATE VIEW granted_sas_use AS ${withAllGrants('sas_use', `(${rows})`)}`);
    for (const name of dayNames) {
      await this.#run(`CREATE TABLE kept_${name} AS ${entityViews[name]}`);
      await this.#run(`CREATE VIEW ${name} AS FROM kept_${name}`);
    }
  }

  /** Takes the rows of `rollup` for all there is. */
  async replace(): Promise<void> {
    await this.drop({ steps: 'true', days: 'true' });
    await this.#run('DELETE FROM touched');
    this.#isTouched = false;
    await this.#take();
    for (const name of dayNames) await this.#from('kept_sas_use', name);
  }

  /** Takes in the rows of `rollup`. */
  async add(): Promise<void> {
    await this.#take();
    this.#isTouched = true;
    await this.#run(`INSERT INTO touched SELECT DISTINCT token_hash, account, day FROM (${this.added})`);
  }

  /** A SELECT of the rows of `sas_use` that were taken in last. */
  get added(): string {
    return `SELECT * EXCLUDE (arrival) FROM kept_sas_use WHERE arrival = ${this.#arrival}`;
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

  async #take(): Promise<void> {
    this.#arrival += 1;
    await this.#run(`INSERT INTO kept_sas_use SELECT *, ${this.#arrival} FROM (${use})`);
  }

  async #from(use: string, name: (typeof dayNames)[number]): Promise<void> {
    await this.#run(`CREATE OR REPLACE TEMP VIEW sas_use AS FROM ${use}`);
    await this.#run(`INSERT INTO kept_${name} BY NAME ${dayViews[name]}`);
    await this.#run('DROP VIEW temp.sas_use');
  }

  /** Drops the rows that conditions over their five minutes and their day are true of. */
  async drop({ steps, days }: { readonly steps: string | null; readonly days: string | null }): Promise<void> {
    if (steps !== null) await this.#run(`DELETE FROM kept_sas_use WHERE ${steps}`);
    if (days === null) return;
    for (const name of dayNames) await this.#run(`DELETE FROM kept_${name} WHERE ${days}`);
  }

  async #run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }
}
