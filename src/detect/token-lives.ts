import type { DuckDBConnection } from '@duckdb/node-api';
import { tokenUse, tokenUseOfRow, withGrants } from '../store/entity-views.ts';
import { isBriefUntil } from './expired-tokens.ts';
import { keptGrants, withAllGrants, withTerms } from './kept-grants.ts';
import { grantsOf, keptSasOf } from './kept-sas.ts';
import { isLone } from './lone-rows.ts';
import { timestampLiteral } from './parameter.ts';

/** How two stretches of a token's use become one. */
const joined = {
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
} as const;
const names = ['token_hash', 'account', ...Object.keys(joined)].join(', ');
const sums = Object.entries(joined).map(([name, sql]) => `${sql} AS ${name}`);

const lifeOf = (tokens: string, sas?: string) =>
  `WITH sas AS NOT MATERIALIZED (FROM ${grantsOf(sas)}) ${withGrants(tokens, keptGrants.token_life)}`;

/** Tokens from first use to last, in the table `kept_token_life`. */
export class TokenLives {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Makes the table; `sas_use`, `kept_sas` and `sas_terms` are there and have no row. */
  async create(): Promise<void> {
    const run = (sql: string) => this.#connection.run(sql);
    await run(`CREATE TABLE lasting.kept_token_life AS ${lifeOf(tokenUse)}`);
    await run(
      `CREATE VIEW token_life AS FROM kept_token_life UNION ALL ${tokenUseOfRow(keptGrants.token_life, `${withTerms('kept_sas_use')} WHERE ${isLone}`)}`,
    );
    await run(`CREATE VIEW granted_token_life AS ${withAllGrants('token_life', 'token_life')}`);
  }

  /** Takes what `sas_use` shows for all there is. */
  async replace(): Promise<void> {
    await this.#connection.run('DELETE FROM kept_token_life');
    await this.#connection.run(`INSERT INTO kept_token_life BY NAME ${lifeOf(tokenUse)}`);
  }

  /**
   * Adds tokens that have come again or for the first time. Most are new and have one row: to pass it on costs a third of adding up.
   *
   * @param rows a SELECT of those of `sas_use` that came.
   */
  async add(rows: string): Promise<void> {
    const run = (sql: string) => this.#connection.run(sql);
    await run(`CREATE OR REPLACE TEMP TABLE met_again AS WITH fresh AS MATERIALIZED (
        SELECT token_hash, count(*) AS steps FROM (${rows}) WHERE ok > 0 GROUP BY token_hash)
      SELECT token_hash FROM fresh WHERE steps > 1
      UNION SELECT token_hash FROM kept_token_life SEMI JOIN fresh USING (token_hash)`);
    await run(`CREATE OR REPLACE TEMP TABLE known_life AS
      SELECT ${names} FROM kept_token_life
      WHERE rowid IN (SELECT rowid FROM kept_token_life SEMI JOIN met_again USING (token_hash))`);
    await run('DELETE FROM kept_token_life k USING known_life f WHERE k.token_hash = f.token_hash');
    const over = (join: string, select: string) =>
      `WITH sas_use AS NOT MATERIALIZED (FROM (${rows}) ${join} JOIN met_again USING (token_hash)) ${select}`;
    const lives = `SELECT token_hash, account, ${sums.join(', ')} FROM (
        FROM known_life UNION ALL BY NAME (${over('SEMI', tokenUse)})) GROUP BY token_hash, account`;
    const sas = keptSasOf(`SELECT sas_id FROM known_life UNION ALL (${over('SEMI', 'SELECT sas_id FROM sas_use')})`);
    await run(`INSERT INTO kept_token_life BY NAME ${lifeOf(lives, sas)}`);
    // To plan a statement that finds nothing takes longer than to ask, and every commit comes here.
    const single = await this.#connection.runAndReadAll(over('ANTI', 'SELECT 1 FROM sas_use WHERE ok > 0 LIMIT 1'));
    if (single.currentRowCount > 0)
      await run(
        `INSERT INTO kept_token_life BY NAME ${over('ANTI', tokenUseOfRow(keptGrants.token_life, `${withTerms('sas_use')} WHERE ok > 0`))}`,
      );
    for (const name of ['met_again', 'known_life']) await run(`DROP TABLE ${name}`);
  }

  /** Forgets tokens that expired before a moment, UTC microseconds; `brief` is that of those granted for a day, with their days. */
  async forget({ all, brief }: Readonly<Record<'all' | 'brief', bigint>>): Promise<void> {
    const run = (sql: string) => this.#connection.run(sql);
    const expired = isBriefUntil(timestampLiteral(brief));
    await run(
      `CREATE OR REPLACE TEMP TABLE expired AS SELECT token_hash, account FROM kept_token_life WHERE ${expired}`,
    );
    await run(
      'DELETE FROM kept_token_day k USING expired e WHERE k.token_hash = e.token_hash AND k.account = e.account',
    );
    await run(`DELETE FROM kept_token_life WHERE se_time < ${timestampLiteral(all)} OR ${expired}`);
    await run('DROP TABLE expired');
  }
}
