import { expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { PreparedStatements } from '../../src/detect/prepared-statements.ts';

it('answers over the rows there are, with moments and without, whatever there were before', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const statements = new PreparedStatements(connection);
  await connection.run('CREATE TABLE steps (n INTEGER, time TIMESTAMP)');
  const sums = async (since: bigint) => {
    const all = await statements.read('SELECT n, count(*) FROM steps GROUP BY n ORDER BY n');
    const late = await statements.read('SELECT count(*) FROM steps WHERE time >= $since::TIMESTAMP', { since });
    return [all.getRows(), late.getRows()];
  };
  await connection.run("INSERT INTO steps VALUES (1, '1970-01-01'), (2, '1970-01-02')");
  expect(await sums(1n)).toEqual([
    [
      [1, 1n],
      [2, 1n],
    ],
    [[1n]],
  ]);
  await connection.run("INSERT INTO steps VALUES (114, '1970-01-03')");
  expect(await sums(0n)).toEqual([
    [
      [1, 1n],
      [2, 1n],
      [114, 1n],
    ],
    [[3n]],
  ]);
  connection.closeSync();
  instance.closeSync();
});
