import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { assertSameValues, logFooters, valueCounts } from '../../src/store/footers.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('tells of files what reading them does', async () => {
  const folder = await temporaryFolder();
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const files = [1, 2, 3].map((number) => join(folder, `${number}.parquet`));
  for (const [index, file] of files.entries()) {
    await connection.run(
      `COPY (SELECT make_timestamp(1767225600000000 + i * ${[1, 500_000, 86_400_000_000][index]}) AS time, NULL::VARCHAR AS nothing,
          CASE WHEN i % 3 = 0 THEN 'text' || i END AS part, i AS number
        FROM range(5000, ${[5_001, 8_000, 12_345][index]}) t(i)) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
    );
  }
  const footers = await logFooters(connection, files);
  const names = ['nothing', 'part', 'number', 'time'];
  for (const file of files) {
    const read = await connection.runAndReadAll(
      `SELECT count(*), epoch_us(min(time)), epoch_us(max(time)), ${names.map((name) => `count(${name})`).join(', ')} FROM '${file}'`,
    );
    const footer = footers.get(file)!;
    const { rows, minTime, maxTime, values } = footer;
    const counts = names.map((name) => BigInt(values.get(name) ?? 0));
    expect([BigInt(rows), minTime, maxTime, ...counts]).toEqual(read.getRows()[0]);
  }
  const together = await valueCounts(connection, files);
  expect([...together.keys()].sort()).toEqual(['number', 'part', 'time']);
  expect(() => assertSameValues(together, footers.values(), { names, duplicates: 0 })).not.toThrow();
  expect(await logFooters(connection, [])).toEqual(new Map());
});

it('refuses rows that have lost or won values', () => {
  const before = new Map([['account', 5]]);
  const after = (count: number) => [
    { rows: 4, minTime: 0n, maxTime: 0n, values: new Map([['account', 1]]) },
    { rows: 4, minTime: 0n, maxTime: 0n, values: new Map([['account', count - 1]]) },
  ];
  const check = (count: number, duplicates: number) => () =>
    assertSameValues(before, after(count), { names: ['account', 'key_name'], duplicates });
  expect(check(5, 0)).not.toThrow();
  expect(check(4, 0)).toThrow('account had 5 values, of which 4 came out');
  expect(check(6, 1)).toThrow('account');
  expect(check(4, 1)).not.toThrow();
  expect(check(3, 1)).toThrow('account');
});
