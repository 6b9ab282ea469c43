import { expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { readTokenFacts } from '../../src/detect/response.ts';

const hash = (digit: number) => `${'0'.repeat(31)}${digit}`;
const uuid = (digit: number) => `00000000-0000-0000-0000-00000000000${digit.toString(16)}`;

/** A token of `token_life` as SQL: which, of which key, first and last seen on which days of January, how often, until when. */
function life(
  digit: number,
  key: number,
  [first, last]: readonly [number, number],
  requests: number,
  { si = 'NULL', until = null }: { readonly si?: string; readonly until?: number | null } = {},
): string {
  const day = (number: number) => `TIMESTAMP '2026-01-01' + INTERVAL ${number} DAY`;
  const seen = `${day(first)}, ${day(last)}, NULL::TIMESTAMP, ${until === null ? 'NULL' : day(until)}`;
  return `('${uuid(digit)}'::UUID, 'acct', 'f', 'sas_service', 'key1', '${uuid(key)}'::UUID, ${si}, NULL, ${seen}, ${requests})`;
}

it('counts the other tokens of a key within 30 days that have not expired and shows the five busiest, the lower hash first', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    await connection.run(`CREATE TABLE token_life AS FROM (VALUES
      ${life(1, 1, [35, 40], 9)}, ${life(2, 1, [0, 10], 9)}, ${life(3, 1, [0, 11], 1)}, ${life(4, 1, [40, 60], 2)},
      ${life(5, 1, [41, 60], 9)}, ${life(6, 1, [30, 31], 7, { until: 41 })}, ${life(7, 1, [30, 31], 2)},
      ${life(8, 1, [30, 31], 2)}, ${life(9, 2, [30, 31], 9)}, ${life(0, 1, [20, 40], 3, { si: "'policy'" })},
      ${life(10, 1, [30, 31], 9, { until: 40 })})
      t(token_hash, account, family, auth_type, key_name, key_hash, si, skoid, first_seen, last_seen, st_time, se_time, requests)`);
    const wanted = [1, 1, 9, 0].map((digit) => ({ tokenHash: hash(digit), account: 'acct' }));
    const facts = await readTokenFacts(connection, wanted);
    const others = [1, 9, 0].map((digit) => {
      const { others, otherTokens } = facts.get(`${uuid(digit)}\nacct`) ?? {};
      return { others, otherTokens };
    });
    expect(others).toEqual([
      { others: 6, otherTokens: [6, 0, 4, 7, 8].map(hash) },
      { others: 0, otherTokens: [] },
      { others: 0, otherTokens: [] },
    ]);
  } finally {
    instance.closeSync();
  }
});
