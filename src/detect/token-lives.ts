import type { DuckDBConnection } from '@duckdb/node-api';
import { tokenUse, withGrants } from '../store/entity-views.ts';
import { keptGrants, withAllGrants } from './kept-grants.ts';
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

const sameToken = (a: string, b: string) => `${a}.token_hash = ${b}.token_hash AND ${a}.account = ${b}.account`;

const lifeOf = (tokens: string) => withGrants(tokens, keptGrants.token_life);

/** Tokens from first use to last, in the table `kept_token_life`. */
export class TokenLives {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Makes the table; `sas_use` and `sas` are there and show no row. */
  async create(): Promise<void> {
    const run = (sql: string) => this.#connection.run(sql);
    await run(`CREATE TABLE lasting.kept_token_life AS ${lifeOf(tokenUse)}`);
    await run('CREATE VIEW token_life AS FROM kept_token_life');
    await run(`CREATE VIEW granted_token_life AS ${withAllGrants('token_life', 'kept_token_life')}`);
  }

  /** Takes what `sas_use` shows for all there is. */
  async replace(): Promise<void> {
    await this.#connection.run('DELETE FROM kept_token_life');
    await this.#connection.run(`INSERT INTO kept_token_life BY NAME ${lifeOf(tokenUse)}`);
  }

  /** Adds what `sas_use` shows. */
  async add(): Promise<void> {
    const run = (sql: string) => this.#connection.run(sql);
    await run(`CREATE OR REPLACE TEMP TABLE fresh_life AS ${tokenUse}`);
    // Most tokens are new: only the others have two stretches.
    await run(`CREATE OR REPLACE TEMP TABLE known_life AS
      SELECT ${names} FROM kept_token_life k SEMI JOIN fresh_life f ON ${sameToken('k', 'f')}`);
    await run(`DELETE FROM kept_token_life k USING known_life f WHERE ${sameToken('k', 'f')}`);
    const lives = `SELECT token_hash, account, ${sums.join(', ')} FROM (
        FROM known_life UNION ALL BY NAME FROM fresh_life f SEMI JOIN known_life k ON ${sameToken('k', 'f')})
      GROUP BY token_hash, account
      UNION ALL BY NAME FROM fresh_life f ANTI JOIN known_life k ON ${sameToken('k', 'f')}`;
    await run(`INSERT INTO kept_token_life BY NAME ${lifeOf(lives)}`);
    for (const name of ['fresh_life', 'known_life']) await run(`DROP TABLE ${name}`);
  }

  /** Forgets tokens that expired before `since`, UTC microseconds. */
  async forget(since: bigint): Promise<void> {
    await this.#connection.run(`DELETE FROM kept_token_life WHERE se_time < ${timestampLiteral(since)}`);
  }
}
