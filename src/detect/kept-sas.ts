import type { DuckDBConnection } from '@duckdb/node-api';
import type { Manifest } from '../store/manifest.ts';
import { sasPaths, sasRelation } from '../store/views.ts';
import { ownGrants, termNames } from './kept-grants.ts';
import { timestampLiteral } from './parameter.ts';
import { numberIn } from './rule-views.ts';

/** Statements that read all that was granted, by one of these names; a pattern as `'sas%'` is none. */
const readsAll = /\b((?<!')sas|storage_log|granted_\w+)\b/;

/**
 * A FROM clause of the sets in `kept_sas` that have some ids: those are looked for by their ids, and only then is the rest of them
 * decoded, so that what few rows name costs little among millions.
 *
 * @param ids a SELECT of them.
 */
export function keptSasOf(ids: string): string {
  return `kept_sas WHERE rowid IN (SELECT rowid FROM kept_sas WHERE sas_id IN (${ids}))`;
}

const terms = termNames.map((name) => `"${name}"`).join(', ');
const isSame = termNames.map((name) => `t."${name}" IS NOT DISTINCT FROM f."${name}"`).join(' AND ');

/** Makes the table of terms, empty. @param none a FROM clause of no sets. */
export const createTerms = (none: string) =>
  `CREATE TABLE sas_terms AS SELECT 0::UINTEGER AS terms, ${terms} FROM ${none}`;

/**
 * Gives the terms of some sets their numbers, where they have none. A hash in place of a number would do, were it not that who sends
 * requests chooses terms, and could choose some with the hash of another's.
 *
 * @param sets a FROM clause.
 */
export const numberTerms = (sets: string) => `INSERT INTO sas_terms
  SELECT (SELECT coalesce(max(terms), 0) FROM sas_terms) + row_number() OVER (), *
  FROM (SELECT ${terms} FROM ${sets} EXCEPT SELECT ${terms} FROM sas_terms)`;

/** A FROM clause of some sets as `kept_sas` has them, without a number where their terms have none. @param sets a FROM clause. */
export const keptSets = (sets: string) =>
  `(SELECT f.sas_id, t.terms, ${ownGrants.map((name) => `f."${name}"`).join(', ')} FROM ${sets} f LEFT JOIN sas_terms t ON ${isSame})`;

/**
 * A FROM clause of sets with what they grant.
 *
 * @param kept a FROM clause of those of `kept_sas`.
 */
export function grantsOf(kept = 'kept_sas'): string {
  return `(SELECT k.* EXCLUDE (terms), t.* EXCLUDE (terms) FROM (FROM ${kept}) k JOIN sas_terms t ON k.terms = t.terms)`;
}

/** Files that are read into a table, each once. */
interface SasTable {
  readonly name: string;
  /** A FROM clause of its rows, made of one of sets. */
  readonly rowsOf: (sets: string) => string;
  readonly loaded: Set<string>;
}

/**
 * SAS parameter sets of the lake: in the tables `kept_sas` and `sas_terms` what rows keep of them, and behind the view `sas` all of
 * their columns. Most of these are null, and to write them costs more than the others: that table is filled when a statement asks for
 * it. A service that mints a token an object has a million sets of some dozens of terms. Sets that have expired are forgotten, and
 * read once more where rows name them: these are refusals, and few.
 */
export class KeptSas {
  readonly #dataDir: string;
  readonly #connection: DuckDBConnection;
  readonly #kept: SasTable = { name: 'kept_sas', rowsOf: keptSets, loaded: new Set() };
  readonly #all: SasTable = { name: 'saved_sas', rowsOf: (sets) => sets, loaded: new Set() };
  #paths: readonly string[] = [];
  /** Whether the sets that came last had terms without a number: only then are those of the next asked before they are taken. */
  #hasNewTerms = true;

  constructor(dataDir: string, connection: DuckDBConnection) {
    this.#dataDir = dataDir;
    this.#connection = connection;
  }

  async create(): Promise<void> {
    const none = sasRelation(this.#dataDir, []);
    await this.#connection.run(createTerms(none));
    for (const { name, rowsOf } of [this.#kept, this.#all])
      await this.#connection.run(`CREATE TABLE lasting.${name} AS FROM ${rowsOf(none)}`);
    await this.#connection.run('CREATE VIEW sas AS FROM saved_sas');
  }

  /** Takes in what a snapshot has. @param anew also what has been forgotten. */
  async load(manifest: Manifest, anew: boolean): Promise<void> {
    this.#paths = sasPaths(manifest);
    if (anew) this.#kept.loaded.clear();
    await this.#fill(this.#kept);
  }

  /** Reads sets again that have been forgotten. @returns whether there are any of these. */
  async recall(ids: readonly bigint[]): Promise<boolean> {
    return this.#take(this.#kept, this.#paths, `WHERE sas_id IN (${ids.join(', ')})`);
  }

  /** Forgets sets that expired before a moment, UTC microseconds. */
  async forget(moment: bigint): Promise<void> {
    await this.#connection.run(`DELETE FROM kept_sas WHERE se_time < ${timestampLiteral(moment)}`);
  }

  /** Brings `sas` up to date, where a statement reads it. */
  async loadFor(sql: string): Promise<void> {
    if (readsAll.test(sql)) await this.#fill(this.#all);
  }

  async #fill(table: SasTable): Promise<void> {
    const fresh = this.#paths.filter((path) => !table.loaded.has(path));
    if (fresh.length === 0) return;
    await this.#take(table, fresh);
    for (const path of fresh) table.loaded.add(path);
  }

  async #take(table: SasTable, paths: readonly string[], asked = ''): Promise<boolean> {
    const sets = `(FROM ${sasRelation(this.#dataDir, paths)} ${asked})`;
    if (table === this.#kept && this.#hasNewTerms) await this.#number(sets);
    const added = await this.#insert(table, sets);
    if (table === this.#kept && (await this.#hasUnnumbered())) {
      await this.#connection.run('DELETE FROM kept_sas WHERE terms IS NULL');
      await this.#number(sets);
      await this.#insert(table, sets);
    }
    return added;
  }

  async #number(sets: string): Promise<void> {
    this.#hasNewTerms = numberIn(await this.#connection.runAndReadAll(numberTerms(sets))) > 0n;
  }

  /** @returns whether there was any that it had not. */
  async #insert({ name, rowsOf }: SasTable, sets: string): Promise<boolean> {
    const added = await this.#connection.runAndReadAll(
      `INSERT INTO ${name} SELECT DISTINCT ON (sas_id) * FROM ${rowsOf(sets)} f
       WHERE NOT EXISTS (FROM ${name} s WHERE s.sas_id = f.sas_id)`,
    );
    return numberIn(added) > 0n;
  }

  async #hasUnnumbered(): Promise<boolean> {
    const found = await this.#connection.runAndReadAll('SELECT 1 FROM kept_sas WHERE terms IS NULL LIMIT 1');
    return found.currentRowCount > 0;
  }
}
