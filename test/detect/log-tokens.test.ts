import { expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { alikeDays, type LogTokens, logSelect, logTokens } from '../../src/detect/log-tokens.ts';
import { TokenLog } from '../../src/detect/token-log.ts';

const dayMicros = 86_400_000_000n;
const suspects = `(VALUES ('0a000000-0000-0000-0000-000000000000'::UUID, 7::UBIGINT, DATE '1970-01-05'),
  ('0a000000-0000-0000-0000-000000000000'::UUID, 7::UBIGINT, DATE '1970-01-06'),
  ('00000000-0000-0000-0000-000000000009'::UUID, 9::UBIGINT, DATE '1970-01-09')) s(token_hash, token_key, day)`;
/** Two tokens, one known by its fingerprint, at noon of each of twelve days. */
const log = `SELECT if(n = 7, n, NULL)::UBIGINT AS token, if(n = 7, NULL, n)::UBIGINT AS token_fingerprint,
  TIMESTAMP '1970-01-01 12:00:00' + to_days(d::INTEGER) AS time FROM range(12) days(d), (VALUES (7), (9), (8)) numbers(n)`;

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const tokenLog = new TokenLog(connection);
await tokenLog.create();

async function tokensOf(rows: string, days: bigint): Promise<LogTokens | null> {
  const range = { since: 4n * dayMicros, until: (4n + days) * dayMicros };
  return logTokens((await connection.runAndReadAll(`${logSelect(rows, range)} FROM ${suspects}`)).getRows());
}

async function seen(...parts: LogTokens[]): Promise<string[]> {
  const rows = await tokenLog.of(parts.map((tokens) => ({ tokens, log })));
  const result = await connection.runAndReadAll(
    `SELECT coalesce(token, token_fingerprint) || ' on ' || day(time) FROM (${rows}) ORDER BY time, 1`,
  );
  return result.getRows().map(([text]) => String(text));
}

it('reads of each token the days that name it, and as far back as the rule looks', async () => {
  const tokens = await tokensOf("day - INTERVAL '1 day'", 6n);
  expect(tokens).toMatchObject({ tokens: [7n], fingerprints: [9n], since: 3n * dayMicros });
  expect(await seen(tokens as LogTokens)).toEqual(['7 on 4', '7 on 5', '7 on 6', '9 on 8', '9 on 9']);
});

it('reads all days of each token where one is judged, or the rule tells no day', async () => {
  const one = await tokensOf("day - INTERVAL '1 day'", 1n);
  const none = await tokensOf("TIMESTAMP '1970-01-04' - INTERVAL '1 day'", 6n);
  for (const tokens of [one, none]) {
    expect(tokens).toMatchObject({ tokens: [7n], fingerprints: [9n], days: null });
    expect(await seen(tokens as LogTokens)).toHaveLength(24);
  }
});

it('reads of many tokens what it reads of few', async () => {
  for (const rows of ["day - INTERVAL '1 day'", "TIMESTAMP '1970-01-04' - INTERVAL '1 day'"]) {
    const few = (await tokensOf(rows, 6n)) as LogTokens;
    const others = Array.from({ length: 40 }, (_, index) => BigInt(100 + index));
    const many = { ...few, tokens: [...few.tokens, ...others], fingerprints: [...few.fingerprints, ...others] };
    expect(await seen(many)).toEqual(await seen(few));
  }
});

it('reads together the days of which the same tokens are asked', async () => {
  const log = { tokens: [7n], fingerprints: [9n, 8n], since: 0n };
  const days = [
    [7n, 1],
    [7n, 2],
    [9n, 2],
    [9n, 3],
    [7n, 3],
    [8n, 5],
    [7n, 6],
  ] as const;
  const parts = alikeDays({ ...log, days });
  expect(parts).toEqual([
    {
      tokens: [7n],
      fingerprints: [],
      since: 0n,
      days: [
        [7n, 1],
        [7n, 6],
      ],
    },
    {
      tokens: [7n],
      fingerprints: [9n],
      since: 0n,
      days: [
        [7n, 2],
        [9n, 2],
        [7n, 3],
        [9n, 3],
      ],
    },
    { tokens: [], fingerprints: [8n], since: 0n, days: [[8n, 5]] },
  ]);
  expect(await seen(...parts)).toEqual(await seen({ ...log, days }));
  expect(await seen(...parts)).toHaveLength(days.length);
  for (const none of [null, []]) expect(alikeDays({ ...log, days: none })).toEqual([{ ...log, days: none }]);
});

it('tells of no tokens where the part has no row', () => {
  expect(logTokens([])).toBeNull();
});
