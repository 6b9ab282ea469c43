import { expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { PastAsked, pastKeys, pastSelect, pastStretches, stretchConditions } from '../../src/detect/past-keys.ts';

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

it('leaves out the day of each row where that is not asked', async () => {
  const select = pastSelect('container', "day - INTERVAL '2 days'", false);
  const { days } = pastKeys('container', await rowsOf(`${select} FROM ${proof} WHERE account = 'b'`));
  expect(days.map(([, day]) => day).sort()).toEqual([2, 3]);
});

it('asks of each day once, together with the days beside it of which the same is asked', () => {
  const keys = new Map([
    ['1', ['a', 'x']],
    ['2', ['b', 'y']],
  ] as const);
  const days = [
    ['2', 12],
    ['1', 11],
    ['1', 10],
    ['1', 12],
    ['1', 12],
    ['1', 13],
    ['1', 15],
  ] as const;
  const day = 86_400_000_000n;
  expect(pastStretches({ by: 'container', keys, days })).toEqual([
    { since: 10n * day, until: 12n * day, keys: ['1'] },
    { since: 12n * day, until: 13n * day, keys: ['1', '2'] },
    { since: 13n * day, until: 14n * day, keys: ['1'] },
    { since: 15n * day, until: 16n * day, keys: ['1'] },
  ]);
});

it("reads a stretch's rows of few accounts each by itself, by the columns that the log has", () => {
  const stretch = { since: 0n, until: 86_400_000_000n, keys: ['1', '2', '3'] };
  const keys = new Map([
    ['1', ['a', "x'"]],
    ['2', ['a', 'y']],
    ['3', ['b', 'y']],
  ] as const);
  const times = "time >= TIMESTAMP '1970-01-01 00:00:00' AND time < TIMESTAMP '1970-01-02 00:00:00'";
  expect(stretchConditions({ by: 'container', keys, days: [] }, stretch)).toEqual([
    `${times} AND account = 'a' AND list_contains(['x''', 'y'], container)`,
    `${times} AND account = 'b' AND container = 'y'`,
  ]);
  expect(stretchConditions({ by: 'suffix', keys, days: [] }, stretch)).toEqual([
    `${times} AND list_contains(['a', 'b'], account)`,
  ]);
});

it("compares a stretch's rows of more accounts with few texts", () => {
  const times = "time >= TIMESTAMP '1970-01-01 00:00:00' AND time < TIMESTAMP '1970-01-02 00:00:00'";
  const conditionsOf = (count: number) => {
    const names = [...Array(count).keys()].map(String);
    const keys = new Map(names.map((name) => [name, [name, 'x']] as const));
    return stretchConditions({ by: 'container', keys, days: [] }, { since: 0n, until: 86_400_000_000n, keys: names });
  };
  expect(conditionsOf(5)).toEqual([
    `${times} AND list_contains(['0', '1', '2', '3', '4'], account) AND container = 'x'`,
  ]);
  expect(conditionsOf(40)).toEqual([`${times} AND container = 'x'`]);
});
