import type { DuckDBConnection } from '@duckdb/node-api';
import { entityViews, familyDayOf, sasUseOf, tokenDayOfRow } from '../store/entity-views.ts';
import { bitsAsBit, bitsAsBlob } from '../store/rollup-relation.ts';
import { runAsJoined } from './join-sides.ts';
import { bitNames, createSingleBit, noPlaces, placeNames, placesOf, replaced } from './kept-bits.ts';
import { isOwnGrant, keptGrants, withAllGrants } from './kept-grants.ts';
import { keptSasOf } from './kept-sas.ts';
import { busyRows, isMetAgain, loneRows, takeLone, taking, takingAll } from './lone-rows.ts';
import { timestampLiteral } from './parameter.ts';
import { numberIn } from './rule-views.ts';

const sameToken = (a: string, b: string) => `${a}.token_hash = ${b}.token_hash AND ${a}.account = ${b}.account`;

/**
 * `token_day` as the view has it, of the tokens' days that are in `several` and of rows of `kept_sas_use` that are the only ones of
 * theirs. A service that mints one token an object has few others: to pass a row on costs a third of adding it up.
 */
const addedDays = `WITH sas_use AS NOT MATERIALIZED (
    SELECT * ${replaced(bitsAsBit)} FROM kept_sas_use SEMI JOIN several USING (token_hash, day) WHERE taken > 0)
  ${entityViews.token_day}`;
const singleDays = (rows: string) =>
  `WITH sas_use AS (FROM kept_sas_use ANTI JOIN several USING (token_hash, day) WHERE ${rows}) ${tokenDayOfRow(undefined, placeNames)}`;

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
 * What the tokens of `sas_use` did by the day, as families' days are made of it. A row counts in the three windows of 15 minutes
 * that end with it or after it: what one that ends without a row has, the one that ends with the row before has too. Windows are
 * grouped by the number of their token's day, which costs half of grouping them by the token.
 */
const familyTokens = `WITH days AS MATERIALIZED (
    SELECT account, token_hash, day, count(*) AS steps, max(family) AS family, ${sums}, sum(lists)::BIGINT AS lists,
      bit_count(bit_or(${bitsAsBit('network')}) FILTER (ok > 0)) AS networks, (row_number() OVER ())::UINTEGER AS number
    FROM sas_use GROUP BY account, token_hash, day),
  windows AS (
    SELECT number, step + later AS span_end, ${sums}
    FROM (
      SELECT d.number, epoch(u.bucket)::UINTEGER // 300 AS step, ${each((_, column) => `u.${column}`)}
      FROM sas_use u JOIN days d ON ${sameToken('d', 'u')} AND d.day = u.day WHERE d.steps > 1),
      (VALUES (0::UINTEGER), (1::UINTEGER), (2::UINTEGER)) ends(later)
    GROUP BY number, span_end),
  peaks AS (SELECT number, ${each((name) => `max(${name}) AS ${name}`)} FROM windows GROUP BY number)
  SELECT d.account, d.token_hash, d.day, d.family, d.reads, d.bytes_out, d.deletes, d.lists, d.networks,
    ${each((name) => `coalesce(p.${name}, d.${name}) AS span_${name}`)}
  FROM days d LEFT JOIN peaks p ON p.number = d.number`;

/** `family_day` as the view has it, of the days that have `kept_sas_use`: a token's only row is its day. */
const familyDays = (rows: string) =>
  familyDayOf(`SELECT * EXCLUDE (token_hash) FROM kept_family_token WHERE ${rows}
    UNION ALL BY NAME SELECT account, day, family, reads, bytes_out, deletes, lists,
      if(ok > 0, if(network_bit IS NULL, bit_count(network_bits::BIT), 1), NULL) AS networks,
      ${each((name, column) => `${column} AS span_${name}`)}
    FROM kept_sas_use ANTI JOIN kept_family_token USING (token_hash, day) WHERE ${rows}`);

// Terms are joined last: the table of sets that a row is looked for in has few columns then.
const use = sasUseOf({
  from: `(${placesOf('FROM rollup')}) r
    LEFT JOIN (FROM ${keptSasOf('SELECT sas_id FROM rollup')}) s ON r.sas_id = s.sas_id LEFT JOIN sas_terms t ON s.terms = t.terms`,
  grant: (name) => `${isOwnGrant(name) ? 's' : 't'}."${name}"`,
  names: keptGrants.sas_use,
  more: [...placeNames.map((name) => `r.${name}`), 's.terms'],
});

/**
 * Tokens by five minutes and by day, in tables: `kept_sas_use` grows by the rows of new rollups, and days are made anew from
 * it for the tokens that had some, when somebody asks for days. `kept_family_token` has the tokens of several rows a day.
 */
export class KeptUse {
  readonly #connection: DuckDBConnection;
  /** How often rows were taken in; each row of `kept_sas_use` has the number of its time. */
  #arrival = 0;
  /** The last whose rows days are made of. */
  #inDays = 0;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Makes the tables; `rollup`, `sas`, `kept_sas` and `sas_terms` are there and show no row. */
  async create(): Promise<void> {
    await this.#run(createSingleBit);
    await this.#run(`CREATE TABLE kept_sas_use AS SELECT *, ${taking(0)} FROM (${use})`);
    const places = placeNames.join(', ');
    const hidden = ['arrival', 'taken', 'ip_bit', 'object_bit', 'terms'].join(', ');
    const shownOf = (rows: string) => `SELECT * EXCLUDE (${hidden}) ${replaced(bitsAsBlob)} FROM ${rows}`;
    const rows = shownOf('kept_sas_use');
    await this.#run(`CREATE VIEW sas_use AS ${rows}`);
    await this.#run(`CREATE VIEW busy_sas_use AS ${shownOf(busyRows)}`);
    await this.#run(`CREATE VIEW lone_sas_use AS ${shownOf(loneRows)}`);
    await this.#run(`CREATE VIEW granted_sas_use AS ${withAllGrants('sas_use', `(${rows})`)}`);
    await this.#run(`CREATE TABLE lasting.kept_token_day AS SELECT *, ${noPlaces} FROM (${entityViews.token_day})`);
    const days = `SELECT * EXCLUDE (${places}) ${replaced(bitsAsBit)} FROM kept_token_day`;
    const loneDays = tokenDayOfRow(loneRows, [], bitsAsBit);
    await this.#run(`CREATE VIEW busy_token_day AS ${days}`);
    await this.#run(`CREATE VIEW lone_token_day AS ${loneDays}`);
    await this.#run(`CREATE VIEW token_day AS ${days} UNION ALL ${loneDays}`);
    await this.#run(`CREATE TABLE kept_family_token AS ${familyTokens}`);
    await this.#run(`CREATE TABLE kept_family_day AS ${entityViews.family_day}`);
    await this.#run('CREATE VIEW family_day AS FROM kept_family_day');
  }

  /** Takes the rows of `rollup` for all there is. */
  async replace(): Promise<void> {
    await this.drop({ steps: () => 'true', days: () => 'true' });
    this.#arrival += 1;
    await this.#insert(takingAll);
    await this.days();
  }

  /**
   * Takes in the rows of `rollup`.
   *
   * @param recall puts SAS parameter sets into `kept_sas` that are not there; whether it had any of them.
   */
  async add(recall: (ids: readonly bigint[]) => Promise<boolean>): Promise<void> {
    this.#arrival += 1;
    await this.#insert(taking);
    const unknown = await this.#unknownSets();
    if (unknown.length > 0 && (await recall(unknown))) {
      const ofThem = `sas_id IN (${unknown.join(', ')})`;
      await this.#run(`DELETE FROM kept_sas_use WHERE arrival = ${this.#arrival} AND ${ofThem}`);
      await this.#insert(taking, ofThem);
    }
    await this.#run(takeLone(isMetAgain(this.#arrival), this.#arrival));
  }

  async #insert(numbers: typeof taking, rows = 'true'): Promise<void> {
    const insert = `INSERT INTO kept_sas_use SELECT *, ${numbers(this.#arrival)} FROM (${use}) WHERE ${rows}`;
    await runAsJoined(this.#connection, insert);
  }

  /** Those that rows which came last name and that `kept_sas` has not: few, so that to look beforehand would cost more. */
  async #unknownSets(): Promise<readonly bigint[]> {
    const result = await this.#connection.runAndReadAll(`SELECT DISTINCT sas_id FROM kept_sas_use
      WHERE arrival = ${this.#arrival} AND terms IS NULL AND sas_id IS NOT NULL`);
    return result.getRows().map(([id]) => BigInt(String(id)));
  }

  /** A SELECT of the rows of `sas_use` that lives have to take in since `add` or `take`, without bitmaps. */
  get added(): string {
    return `SELECT * EXCLUDE (arrival, taken, ${bitNames.join(', ')}) FROM kept_sas_use WHERE taken = ${this.#arrival}`;
  }

  /** Takes lone rows. @param rows a condition over them. @returns whether there were any. */
  async take(rows: string): Promise<boolean> {
    this.#arrival += 1;
    return numberIn(await this.#connection.runAndReadAll(takeLone(rows, this.#arrival))) > 0n;
  }

  /** Forgets the tokens of lone rows that expired before a moment, UTC microseconds, and terms that no set and no row has. */
  async forget(moment: bigint): Promise<void> {
    const before = (name: string) => `${name} < ${timestampLiteral(moment)}`;
    await this.#run(takeLone(`${before('se_time')} AND ${before('max_time')}`, 0));
    const isIn = (name: string) => `EXISTS (SELECT 1 FROM ${name} k WHERE k.terms = t.terms)`;
    await this.#run(`DELETE FROM sas_terms t WHERE NOT ${isIn('kept_sas')} AND NOT ${isIn('kept_sas_use')}`);
  }

  /** Brings days up to date. */
  async days(): Promise<void> {
    if (this.#inDays === this.#arrival) return;
    const fresh = `arrival > ${this.#inDays}`;
    const ofDays = `day IN (SELECT day FROM kept_sas_use WHERE ${fresh})`;
    await this.#run(`CREATE OR REPLACE TEMP TABLE several AS SELECT token_hash, day FROM ${busyRows} AND ${ofDays}
      GROUP BY token_hash, day HAVING count(*) > 1 AND max(arrival) > ${this.#inDays}`);
    for (const name of ['token_day', 'family_token'])
      await this.#run(`DELETE FROM kept_${name} k USING several s WHERE k.token_hash = s.token_hash AND k.day = s.day`);
    for (const rows of [singleDays(`taken > ${this.#inDays}`), addedDays])
      await this.#run(`INSERT INTO kept_token_day BY NAME ${rows}`);
    await this.#run(
      'CREATE OR REPLACE TEMP VIEW sas_use AS FROM kept_sas_use SEMI JOIN several USING (token_hash, day)',
    );
    await this.#run(`INSERT INTO kept_family_token ${familyTokens}`);
    await this.#run('DROP VIEW temp.sas_use');
    await this.#run('DROP TABLE several');
    await this.#run(`DELETE FROM kept_family_day WHERE ${ofDays}`);
    await this.#run(`INSERT INTO kept_family_day BY NAME ${familyDays(ofDays)}`);
    this.#inDays = this.#arrival;
  }

  /** Drops rows. @param steps, days conditions over a column with the time of five minutes, and with that of days. */
  async drop({ steps, days }: Readonly<Record<'steps' | 'days', ((column: string) => string) | null>>): Promise<void> {
    if (steps !== null) {
      await this.#run(`DELETE FROM kept_sas_use WHERE ${steps('bucket')}`);
      await this.#run(`DELETE FROM kept_family_token WHERE ${steps('day')}`);
    }
    if (days === null) return;
    for (const name of ['token_day', 'family_day']) await this.#run(`DELETE FROM kept_${name} WHERE ${days('day')}`);
  }

  async #run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }
}
