import type { DuckDBConnection } from '@duckdb/node-api';
import { entityViews } from '../store/entity-views.ts';
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

/** Tokens from first use to last, in the table `kept_token_life`. */
export class TokenLives {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Takes what `sas_use` shows for all there is. */
  async replace(): Promise<void> {
    await this.#connection.run('DELETE FROM kept_token_life');
    await this.#connection.run(`INSERT INTO kept_token_life BY NAME ${entityViews.token_life}`);
  }

  /** Adds what `sas_use` shows. */
  async add(): Promise<void> {
    const run = (sql: string) => this.#connection.run(sql);
    await run(`CREATE OR REPLACE TEMP TABLE fresh_life AS ${entityViews.token_life}`);
    const known =
      'FROM kept_token_life k SEMI JOIN fresh_life f ON k.token_hash = f.token_hash AND k.account = f.account';
    const names = (await this.#connection.runAndReadAll('DESCRIBE fresh_life')).getRows().map(([name]) => String(name));
    const columns = names.map((name) => {
      if (name === 'token_hash' || name === 'account') return name;
      return `${joined[name] ?? `arg_max_null("${name}", if(sas_id IS NULL, NULL, last_seen))`} AS "${name}"`;
    });
    // Most tokens are new: only the others have two stretches.
    await run(`CREATE OR REPLACE TEMP TABLE known_life AS SELECT k.* ${known}`);
    await run(`CREATE OR REPLACE TEMP TABLE joined_life AS SELECT ${columns.join(', ')} FROM (
      FROM known_life UNION ALL BY NAME
      FROM fresh_life f SEMI JOIN known_life k ON k.token_hash = f.token_hash AND k.account = f.account)
      GROUP BY token_hash, account`);
    await run(
      'DELETE FROM kept_token_life k USING known_life f WHERE k.token_hash = f.token_hash AND k.account = f.account',
    );
    await run('INSERT INTO kept_token_life BY NAME FROM joined_life');
    await run(`INSERT INTO kept_token_life BY NAME FROM fresh_life f
      ANTI JOIN known_life k ON k.token_hash = f.token_hash AND k.account = f.account`);
    for (const name of ['fresh_life', 'known_life', 'joined_life']) await run(`DROP TABLE ${name}`);
  }

  /** Forgets tokens that expired before `since`, UTC microseconds. */
  async forget(since: bigint): Promise<void> {
    await this.#connection.run(`DELETE FROM kept_token_life WHERE se_time < ${timestampLiteral(since)}`);
  }
}
