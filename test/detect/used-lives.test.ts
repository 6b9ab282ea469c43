import { expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { PreparedStatements } from '../../src/detect/prepared-statements.ts';
import { UsedLives } from '../../src/detect/used-lives.ts';
import type { SegmentFile } from '../../src/store/commit.ts';

const minute = 60_000_000n;
const segment = (rows: number): SegmentFile => ({
  path: '',
  rollupPath: '',
  sasPath: null,
  bytes: 0,
  minTime: 0n,
  maxTime: 9n * minute,
  rows,
});

it('shows the tokens used since the first row that came, be it a table or a view, and again once lives are others', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(
    `CREATE TABLE token_life AS SELECT i AS token, make_timestamp(i * ${minute}) AS last_seen FROM range(10) t(i)`,
  );
  const lives = new UsedLives(connection, new PreparedStatements(connection));
  await lives.create();
  const shown = async (from: bigint, rows: number) => {
    const sql = 'SELECT min(token)::INTEGER, count(*)::INTEGER FROM met_token_life';
    await lives.fillFor(sql, { since: 0n, from: from * minute, until: 10n * minute }, [segment(rows)]);
    return (await connection.runAndReadAll(sql)).getRows()[0];
  };
  for (const rows of [100, 100_000, 200_000, 100]) {
    expect(await shown(7n, rows)).toEqual([7, 3]);
    expect(await shown(4n, rows)).toEqual([4, 6]);
  }
  await connection.run(`INSERT INTO token_life VALUES (11, make_timestamp(${11n * minute}))`);
  expect(await shown(4n, 100)).toEqual([4, 6]);
  lives.change();
  expect(await shown(4n, 100)).toEqual([4, 7]);
  connection.closeSync();
  instance.closeSync();
});
