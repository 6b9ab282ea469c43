import type { DuckDBConnection } from '@duckdb/node-api';
import type { Manifest } from '../store/manifest.ts';
import { sasPaths, sasRelation } from '../store/views.ts';
import { keptByRows } from './kept-grants.ts';

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

/** Files that are read into a table, each once. */
interface SasTable {
  readonly name: string;
  /** A SELECT list. */
  readonly columns: string;
  readonly loaded: Set<string>;
}

/**
 * SAS parameter sets of the lake: in the table `kept_sas` what rows keep of them, and behind the view `sas` all of their columns. Most
 * of these are null, and to write them costs more than the others: that table is filled when a statement asks for it.
 */
export class KeptSas {
  readonly #dataDir: string;
  readonly #connection: DuckDBConnection;
  readonly #kept: SasTable = { name: 'kept_sas', columns: ['sas_id', ...keptByRows].join(', '), loaded: new Set() };
  readonly #all: SasTable = { name: 'saved_sas', columns: '*', loaded: new Set() };
  #paths: readonly string[] = [];

  constructor(dataDir: string, connection: DuckDBConnection) {
    this.#dataDir = dataDir;
    this.#connection = connection;
  }

  async create(): Promise<void> {
    const none = sasRelation(this.#dataDir, []);
    for (const { name, columns } of [this.#kept, this.#all])
      await this.#connection.run(`CREATE TABLE lasting.${name} AS SELECT ${columns} FROM ${none}`);
    await this.#connection.run('CREATE VIEW sas AS FROM saved_sas');
  }

  /** Takes in what a snapshot has. */
  async load(manifest: Manifest): Promise<void> {
    this.#paths = sasPaths(manifest);
    await this.#fill(this.#kept);
  }

  /** Brings `sas` up to date, where a statement reads it. */
  async loadFor(sql: string): Promise<void> {
    if (readsAll.test(sql)) await this.#fill(this.#all);
  }

  async #fill({ name, columns, loaded }: SasTable): Promise<void> {
    const fresh = this.#paths.filter((path) => !loaded.has(path));
    if (fresh.length === 0) return;
    await this.#connection.run(
      `INSERT INTO ${name} SELECT DISTINCT ON (sas_id) ${columns} FROM ${sasRelation(this.#dataDir, fresh)} f
       WHERE NOT EXISTS (FROM ${name} s WHERE s.sas_id = f.sas_id)`,
    );
    for (const path of fresh) loaded.add(path);
  }
}
