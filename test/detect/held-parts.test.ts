import { afterAll, expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { HeldParts } from '../../src/detect/held-parts.ts';
import { PreparedStatements } from '../../src/detect/prepared-statements.ts';

const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await instance.connect();
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const hourMicros = 3_600_000_000n;
const sql = 'WITH late AS (SELECT day, 7::BIT AS bits FROM days WHERE day >= $since::TIMESTAMP) SELECT * FROM late';

it('has the rows of a statement as it was asked last, beside those of another', async () => {
  await connection.run(
    "CREATE TABLE days AS SELECT unnest(range(TIMESTAMP '1970-01-01', TIMESTAMP '1970-01-05', INTERVAL 1 DAY)) AS day",
  );
  const parts = new HeldParts(connection, new PreparedStatements(connection));
  const { relation, rows } = await parts.hold(sql, { since: 23n * hourMicros });
  const other = await parts.hold('SELECT * FROM days WHERE false', {});
  expect([rows, other.rows]).toEqual([3n, 0n]);
  expect(other.relation).not.toBe(relation);
  expect(await parts.hold(sql, { since: 71n * hourMicros })).toEqual({ relation, rows: 1n });
  const held = await connection.runAndReadAll(`SELECT day::VARCHAR, typeof(bits) FROM ${relation}`);
  expect(held.getRows()).toEqual([['1970-01-04 00:00:00', 'BIT']]);
});

it('keeps what a statement has by its name, whatever it reads', async () => {
  const other = await DuckDBInstance.create(':memory:', { threads: '1' });
  const fresh = await other.connect();
  const parts = new HeldParts(fresh, new PreparedStatements(fresh));
  const run = (statement: string) => fresh.runAndReadAll(statement);
  const first = await parts.holdAnew('over the log', 'SELECT 1 AS a UNION ALL SELECT 2', run);
  const again = await parts.holdAnew('over the log', 'SELECT 3 AS a', run);
  expect([first.rows, again.rows]).toEqual([2n, 1n]);
  expect(again.relation).toBe(first.relation);
  expect((await run(`FROM ${again.relation}`)).getRows()).toEqual([[3]]);
  fresh.closeSync();
  other.closeSync();
});
