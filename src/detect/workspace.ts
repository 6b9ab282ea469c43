import type { DuckDBConnection } from '@duckdb/node-api';
import { dayMicros } from '../core/utc-day.ts';
import { expiredBackMicros, isBriefUntil } from './expired-tokens.ts';
import { timestampLiteral } from './parameter.ts';
import { type EventRange, fromWholeDay } from './run.ts';

/** How far before a stretch its rules see five-minute steps: `sas_use`. */
export const stepsBackMicros = 2n * dayMicros;
/**
 * How far before a stretch its rules see days: `token_day`, `family_day`, `account_day`, `key_day`, `suffix_day`; and tokens, by their expiry,
 * but for those that were granted for a day.
 */
export const daysBackMicros = 92n * dayMicros;
/** How far before a stretch they see five-minute steps of accounts: `account_step`. */
export const accountStepsBackMicros = 10n * dayMicros;

/**
 * Puts the entities that rules read into tables of the connection's database, under the names of the views that derive
 * them, so that a run of all rules reads the rollups once.
 *
 * @param range what the rules are going to judge; history is kept as far back as rules may look.
 */
export async function keepEntities(connection: DuckDBConnection, range: EventRange): Promise<void> {
  const { since, until } = fromWholeDay(range);
  const keep = async (name: string, sql: string) => {
    await connection.run(`CREATE TABLE kept_${name} AS ${sql}`);
    await connection.run(`CREATE OR REPLACE VIEW ${name} AS FROM kept_${name}`);
  };
  const from = timestampLiteral(since - daysBackMicros);
  const to = timestampLiteral(until);
  await keep('token_life', `FROM token_life WHERE se_time IS NULL OR se_time >= ${from}`);
  const expired = `FROM kept_token_life WHERE ${isBriefUntil(timestampLiteral(since - expiredBackMicros))}`;
  await connection.run(`CREATE TABLE expired AS SELECT token_hash, account ${expired}`);
  await connection.run(`DELETE ${expired}`);
  await keep('account_day', `FROM account_day WHERE day >= ${from} AND day < ${to}`);
  await keep('key_day', `FROM key_day WHERE day >= ${from} AND day < ${to}`);
  await keep('suffix_day', `FROM suffix_day WHERE day >= ${from} AND day < ${to}`);
  const stepsFrom = timestampLiteral(since - accountStepsBackMicros);
  await keep('account_step', `FROM account_step WHERE bucket >= ${stepsFrom} AND bucket < ${to}`);
  await keep('sas_use', `FROM sas_use WHERE bucket >= ${from} AND bucket < ${to}`);
  await keep('token_day', 'FROM token_day ANTI JOIN expired USING (token_hash, account)');
  await keep('family_day', 'FROM family_day');
  await connection.run(`DELETE FROM kept_sas_use WHERE bucket < ${timestampLiteral(since - stepsBackMicros)}`);
}
