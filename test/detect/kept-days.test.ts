import type { DuckDBConnection } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { limits } from '../../src/core/limits.ts';
import { KeptDays } from '../../src/detect/kept-days.ts';
import type { TokenDay } from '../../src/detect/log-tokens.ts';

let connection: DuckDBConnection;
afterEach(() => connection.closeSync());

const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRows().map(String);
const among = (days: readonly TokenDay[]) =>
  days.length === 0
    ? 'false'
    : `(number, day - DATE '1970-01-01') IN (${days.map((tokenDay) => `(${tokenDay})`).join(', ')})`;
const part = (days: readonly TokenDay[]) =>
  `SELECT number, day, count(*)::BIGINT AS n FROM log WHERE ${among(days)} GROUP BY ALL`;

/** Days of tokens 1 to 3. */
const daysOf = (first: number, last: number, numbers = [1n, 2n, 3n]): TokenDay[] =>
  numbers.flatMap((number) => Array.from({ length: last - first + 1 }, (_, index) => [number, first + index] as const));

const used = async (days: readonly TokenDay[]): Promise<TokenDay[]> => {
  const found = await rowsOf(`SELECT DISTINCT number, day - DATE '1970-01-01' FROM log WHERE ${among(days)}`);
  return days.filter((tokenDay) => found.includes(String(tokenDay)));
};

const write = (number: number, day: number) =>
  connection.run(`INSERT INTO log VALUES (${number}, DATE '1970-01-01' + ${day})`);

/** What a run over one day reads, and whether it then has what the log has. */
async function run(kept: KeptDays, day: number, days: readonly TokenDay[]): Promise<TokenDay[]> {
  await kept.drop('part', { oldest: day - 45, judged: day });
  const unread = await kept.unread('part', days, { oldest: day - 45, judged: day }, used);
  const held = await kept.add('part', part(unread), { days: unread, ended: day }, (sql) =>
    connection.runAndReadAll(sql),
  );
  expect(await rowsOf(`SELECT number, day, n FROM ${held?.relation} WHERE ${among(days)} ORDER BY ALL`)).toEqual(
    await rowsOf(`FROM (${part(days)}) ORDER BY ALL`),
  );
  return unread;
}

beforeEach(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run('CREATE TABLE log (number BIGINT, day DATE)');
  for (const day of [100, 101, 103, 103, 104]) for (const number of [1, 2]) await write(number, day);
});

it('reads a past day of a token once, of those on which it was used, and a judged day every time', async () => {
  const kept = new KeptDays(connection);
  expect(await run(kept, 104, daysOf(100, 104, [1n]))).toEqual([
    [1n, 100],
    [1n, 101],
    [1n, 103],
    [1n, 104],
  ]);
  await write(1, 104);
  expect(await run(kept, 104, daysOf(100, 104, [1n]))).toEqual([[1n, 104]]);
  expect(await run(kept, 105, daysOf(100, 105, [1n, 3n]))).toEqual([
    [1n, 104],
    [1n, 105],
    [3n, 105],
  ]);
  expect(await run(kept, 105, daysOf(100, 105))).toContainEqual([2n, 103]);
});

it('reads days anew for which rows came, also while it reads', async () => {
  const kept = new KeptDays(connection);
  expect(kept.end).toBeNull();
  await run(kept, 105, daysOf(100, 105));
  expect(kept.end).toBe(106);
  await write(3, 101);
  kept.change([101, 107]);
  expect(await run(kept, 105, daysOf(100, 105))).toContainEqual([3n, 101]);
  await kept.drop('part', { oldest: 60, judged: 106 });
  await kept.unread('part', daysOf(100, 106), { oldest: 60, judged: 106 }, used);
  await write(2, 102);
  kept.change([102]);
  await kept.add('part', part(daysOf(106, 106)), { days: daysOf(106, 106), ended: 106 }, (sql) =>
    connection.runAndReadAll(sql),
  );
  expect(await run(kept, 106, daysOf(100, 106))).toContainEqual([2n, 102]);
  kept.change(null);
  expect(await run(kept, 106, daysOf(100, 106, [1n]))).toContainEqual([1n, 100]);
});

it('reads older days beside those of the same run, and none of them twice', async () => {
  const kept = new KeptDays(connection);
  await run(kept, 104, daysOf(103, 104));
  const bounds = { oldest: 60, judged: 104 };
  const older = await kept.unread('part', daysOf(100, 104, [1n]), bounds, used);
  expect(older).toEqual([
    [1n, 100],
    [1n, 101],
  ]);
  const held = await kept.add('part', part(older), { days: older, ended: 104 }, (sql) => connection.runAndReadAll(sql));
  expect(held?.rows).toBe(6n);
});

it('reads judged days of earlier runs anew, and gives up what is old', async () => {
  const kept = new KeptDays(connection);
  await run(kept, 104, daysOf(100, 104));
  expect(await run(kept, 103, daysOf(100, 104))).toHaveLength(6);
  await run(kept, 147, daysOf(103, 147));
  const [count] = await rowsOf("SELECT count(*) FROM kept_part_0 WHERE day < DATE '1970-01-01' + 102");
  expect(count).toBe('0');
});

it('keeps nothing of a part that has too many rows', async () => {
  const kept = new KeptDays(connection);
  await connection.run(
    `INSERT INTO log SELECT number, DATE '1970-01-01' + 99 FROM range(10, ${limits.keptDayRows + 11n}) r(number)`,
  );
  const unread = await kept.unread('part', daysOf(100, 104), { oldest: 60, judged: 104 }, used);
  const all = 'SELECT number, day, count(*)::BIGINT AS n FROM log GROUP BY ALL';
  await kept.add('part', all, { days: unread, ended: 104 }, (sql) => connection.runAndReadAll(sql));
  expect(await run(kept, 104, daysOf(100, 104, [1n]))).toHaveLength(4);
});
