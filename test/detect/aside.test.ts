import { expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { Aside } from '../../src/detect/aside.ts';

const nothing = async () => {};

it('reads the tables as they were when it began, whatever happens to them meanwhile', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run('CREATE TABLE met_token AS SELECT 1 AS a');
  const aside = new Aside(await instance.connect());
  let turns = 0;
  const slow =
    'SELECT (SELECT count(*) FROM met_token), count(*) FROM range(20000) a, range(20000) b WHERE a.range + b.range > 7';
  const result = await aside.run(slow, async () => {
    turns += 1;
    await connection.run('INSERT INTO met_token VALUES (2)');
  });
  expect(result.getRows()[0]?.[0]).toBe(1n);
  expect(turns).toBeGreaterThan(0);
  expect((await aside.run('SELECT count(*) FROM met_token', nothing)).getRows()).toEqual([[BigInt(1 + turns)]]);
  await aside.run('INSERT INTO met_token VALUES (3)', nothing);
  expect((await connection.runAndReadAll('SELECT max(a) FROM met_token')).getRows()).toEqual([[3]]);
  aside.close();
  connection.closeSync();
  instance.closeSync();
});

it('passes on a failure, and can be used again', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run('CREATE TABLE met_token AS SELECT 1 AS a');
  const aside = new Aside(await instance.connect());
  await expect(aside.run("SELECT error('no')", nothing)).rejects.toThrow('no');
  expect((await aside.run('SELECT 1', nothing)).getRows()).toEqual([[1]]);
  aside.close();
  connection.closeSync();
  instance.closeSync();
});
