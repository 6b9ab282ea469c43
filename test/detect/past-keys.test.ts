import { expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { PastAsked, pastKeys, pastSelect } from '../../src/detect/past-keys.ts';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
const asked = new PastAsked(connection);
await asked.create();

const proof = `(VALUES ('a', 'x', DATE '1970-01-11'), ('a', 'x', DATE '1970-01-12'), ('a', NULL, DATE '1970-01-12'), ('b', 'y', DATE '1970-01-05')) t(account, container, day)`;
const part = `SELECT account, container, day, count(*) AS n
  FROM (VALUES ('a'), ('b')) a(account), (VALUES ('x'), ('y'), (NULL)) c(container),
    (SELECT DATE '1970-01-01' + d::INTEGER AS day FROM range(20) r(d)) GROUP BY ALL`;

it('asks a part for the days from a time before each row, by account and the named column', async () => {
  const keys = pastKeys(
    'container',
    await rowsOf(`${pastSelect('container', "day - INTERVAL '36 hours'")} FROM ${proof}`),
  );
  const days = await rowsOf(
    `SELECT account, container, list(day(day) ORDER BY day)::VARCHAR FROM (${await asked.of(keys, part)}) GROUP BY ALL ORDER BY 1`,
  );
  expect(days).toEqual([
    ['a', 'x', '[9, 10, 11, 12]'],
    ['b', 'y', '[3, 4, 5]'],
  ]);
});
