import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { type KeyUse, othersByMoment, othersByPair } from '../../src/detect/other-tokens.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  // Three keys over 70 days; few tokens are used twice, and every fifth moment is one of whole seconds, which others share. Some
  // expire within days, a few at the second of their last use or before it.
  await connection.run(`CREATE TABLE token_life AS
    SELECT md5('token' || i)::UUID AS token_hash, if(i % 3 = 0, 'acct', 'o''ther') AS account, md5('key' || i % 3)::UUID AS key_hash,
      'key' || (i % 3 % 2 + 1) AS key_name, first_seen, first_seen + to_seconds(if(i % 7 = 0, hash(i, 1) % 1200000, 0)::BIGINT) AS last_seen,
      if(i % 7 = 0, 1 + hash(i, 2) % 4, 1)::BIGINT AS requests,
      if(i % 4 = 0, NULL, date_trunc('second', first_seen) + to_seconds((hash(i, 4) % 1200000)::BIGINT - 40000)) AS se_time
    FROM (SELECT i, TIMESTAMP '2026-01-01' + to_microseconds((hash(i) % 6048000 * 1000000 + if(i % 5 = 0, 0, hash(i, 3) % 1000000))::BIGINT)
      AS first_seen FROM range(6000) t(i))`);
});
afterAll(() => instance.closeSync());

async function usesOf(condition: string): Promise<KeyUse[]> {
  const found = await connection.runAndReadAll(
    `SELECT token_hash::VARCHAR, account, key_name, key_hash::VARCHAR, epoch_us(last_seen), se_time IS NULL OR se_time > last_seen FROM token_life WHERE ${condition}`,
  );
  return found.getRows().map(([tokenHash, account, keyName, keyHash, lastSeen, isValid]) => ({
    tokenHash: String(tokenHash),
    account: String(account),
    keyName: String(keyName),
    keyHash: String(keyHash),
    lastSeen: typeof lastSeen === 'bigint' ? lastSeen : 0n,
    isValid: isValid === true,
  }));
}

async function rowsOf(sql: string) {
  return (await connection.runAndReadAll(`FROM (${sql}) ORDER BY token_hash, account`)).getRowsJson();
}

it.each([
  ['tokens of one day', "last_seen::DATE = DATE '2026-02-20'", 50],
  ['tokens of all days', 'hash(token_hash) % 40 = 0', 100],
  ['tokens of the first days, which know few of the busiest', "last_seen < TIMESTAMP '2026-01-03'", 50],
  ['the busiest themselves', 'requests = 4', 100],
  ['a token that is alone', 'last_seen = (SELECT min(last_seen) FROM token_life)', 1],
])('counts and shows for %s what pairs with all others give', async (_, condition, tokens) => {
  const uses = await usesOf(condition);
  expect(uses.length).toBeGreaterThanOrEqual(tokens);
  expect(await rowsOf(othersByMoment(uses))).toEqual(await rowsOf(othersByPair(uses)));
});
