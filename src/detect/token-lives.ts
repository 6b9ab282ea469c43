import type { DuckDBConnection } from '@duckdb/node-api';
import type { SegmentFile } from '../store/commit.ts';
import { entityViews } from '../store/entity-views.ts';
import type { Manifest } from '../store/manifest.ts';
import { rollupRelation } from '../store/views.ts';
import { timestampLiteral } from './parameter.ts';

/** How two stretches of a token's life become one; of everything else, what it granted when it was used last. */
const joined: Readonly<Record<string, string>> = {
  token_key: 'max(token_key)',
  sas_id: 'arg_max(sas_id, last_seen)',
  family: 'max(family)',
  auth_type: 'max(auth_type)',
  key_name: 'max(key_name)',
  key_hash: 'max(key_hash)',
  first_seen: 'min(first_seen)',
  last_seen: 'max(last_seen)',
  requests: 'sum(requests)::BIGINT',
  public_n: 'sum(public_n)::BIGINT',
  http_n: 'sum(http_n)::BIGINT',
  old_tls_n: 'sum(old_tls_n)::BIGINT',
};

/** Tokens from first use to last, `kept_token_life`: grows by what each rollup file adds, and is never made anew. */
export class TokenLives {
  readonly #connection: DuckDBConnection;
  readonly #dataDir: string;
  /** Rollups that have been added; null before the first time. */
  #added: Set<string> | null = null;
  readonly #noted = new Set<string>();

  constructor(connection: DuckDBConnection, dataDir: string) {
    this.#connection = connection;
    this.#dataDir = dataDir;
  }

  note(segments: readonly SegmentFile[]): void {
    for (const { rollupPath } of segments) this.#noted.add(rollupPath);
  }

  /** Adds the rollups that are new in the snapshot; forgets tokens that expired before `since`, UTC microseconds. */
  async add({ segments }: Manifest, since: bigint): Promise<void> {
    const present = new Set(segments.map(({ rollupPath }) => rollupPath));
    const added = this.#added;
    // Compaction writes rows again that have been added, unless it was faster than the rules.
    const isMissed = [...this.#noted].some((path) => !present.has(path) && added?.has(path) !== true);
    const isFirst = added === null || isMissed;
    const fresh = segments.filter((each) => isFirst || (each.compacted === undefined && !added.has(each.rollupPath)));
    await this.#connection.run(
      `CREATE OR REPLACE VIEW rollup AS SELECT * FROM ${rollupRelation(this.#dataDir, fresh)}`,
    );
    await this.#connection.run(`CREATE OR REPLACE VIEW sas_use AS ${entityViews.sas_use}`);
    if (isFirst) await this.#connection.run(`CREATE OR REPLACE TABLE kept_token_life AS ${entityViews.token_life}`);
    else if (fresh.length > 0) await this.#join();
    await this.#connection.run(`DELETE FROM kept_token_life WHERE se_time < ${timestampLiteral(since)}`);
    this.#added = present;
    this.#noted.clear();
  }

  async #join(): Promise<void> {
    const run = (sql: string) => this.#connection.run(sql);
    await run(`CREATE OR REPLACE TEMP TABLE fresh_life AS ${entityViews.token_life}`);
    const known =
      'FROM kept_token_life k SEMI JOIN fresh_life f ON k.token_hash = f.token_hash AND k.account = f.account';
    const names = (await this.#connection.runAndReadAll('DESCRIBE fresh_life')).getRows().map(([name]) => String(name));
    const columns = names.map((name) => {
      if (name === 'token_hash' || name === 'account') return name;
      return `${joined[name] ?? `arg_max_null("${name}", if(sas_id IS NULL, NULL, last_seen))`} AS "${name}"`;
    });
    await run(`CREATE OR REPLACE TEMP TABLE joined_life AS
      SELECT ${columns.join(', ')} FROM (SELECT k.* ${known} UNION ALL BY NAME FROM fresh_life) GROUP BY token_hash, account`);
    await run(
      `DELETE FROM kept_token_life k USING fresh_life f WHERE k.token_hash = f.token_hash AND k.account = f.account`,
    );
    await run('INSERT INTO kept_token_life BY NAME FROM joined_life');
    for (const name of ['fresh_life', 'joined_life']) await run(`DROP TABLE ${name}`);
  }
}
