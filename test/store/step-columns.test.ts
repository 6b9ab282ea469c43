import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { columns } from '../../src/core/columns.ts';
import { valueCounts } from '../../src/store/footers.ts';
import { stepColumns } from '../../src/store/step-columns.ts';
import { sqlType } from '../../src/store/table.ts';
import { temporaryFolder } from './temporary-folder.ts';

const rows = 4_000;

/** SQL of columns of each kind, by the row's number. */
const made: Readonly<Record<string, string>> = {
  service: "'blob'",
  account: "'account' || i % 2",
  user_agent: "'agent/' || i % 100",
  uri_query: "'a=' || i % 300",
  object_key: "'/models/' || i",
  download_range: "CASE WHEN i % 5 = 0 THEN 'bytes=0-' || i % 3 END",
  caller_ip: "CASE WHEN i % 10 = 0 THEN '2001:db8::' || i END",
  conditions_used: "CASE WHEN i % 3 = 0 THEN 'If-Match=' || i % 2 END",
};

it('sorts as ENUMs what has few texts, or few rows have, and writes those of many texts as text', async () => {
  const folder = await temporaryFolder();
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const select = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjects();
  const list = columns.map((spec) => `(${made[spec.name] ?? 'NULL'})::${sqlType(spec)} AS "${spec.name}"`);
  const file = join(folder, 'all.parquet');
  await connection.run(`COPY (SELECT ${list.join(', ')} FROM range(${rows}) t(i)) TO '${file}' (FORMAT parquet)`);
  const values = await valueCounts(connection, [file]);
  const { sorted, written, repeated } = await stepColumns(connection, [file], { rows, hours: 1, values });
  const names = Object.keys(made);
  const kinds = async (relation: string) => {
    const types = names.map((name) => `typeof("${name}")[:4] AS "${name}"`);
    const [row] = await select(`SELECT ${types.join(', ')} FROM (${relation}) LIMIT 1`);
    return row;
  };
  const few = { user_agent: 'ENUM', download_range: 'ENUM' };
  const many = { uri_query: 'VARC', object_key: 'VARC', conditions_used: 'VARC' };
  const moved = `SELECT ${sorted}, 'left out' AS service FROM '${file}'`;
  expect(await kinds(moved)).toEqual({ ...few, ...many, account: 'ENUM', caller_ip: 'ENUM', service: 'VARC' });
  const same = repeated('full');
  expect(same.filter(({ text }) => text !== null)).toMatchObject([{ spec: { name: 'service' }, text: 'blob' }]);
  expect(new Set(same.map(({ spec }) => spec.name))).toEqual(
    new Set(columns.map(({ name }) => name).filter((name) => name === 'service' || made[name] === undefined)),
  );
  const copied = `SELECT ${written('full')}, 'blob' AS service FROM (SELECT ${sorted} FROM '${file}')`;
  expect(await kinds(copied)).toEqual({ ...few, ...many, account: 'VARC', caller_ip: 'VARC', service: 'VARC' });
  const texts = (relation: string) =>
    select(
      `SELECT ${names.map((name) => `"${name}"::VARCHAR AS "${name}"`).join(', ')} FROM (${relation}) ORDER BY ALL`,
    );
  expect(await texts(copied)).toEqual(await texts(`FROM '${file}'`));
});

it('sorts by an account that all rows have, and writes it once', async () => {
  const folder = await temporaryFolder();
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const file = join(folder, 'all.parquet');
  await connection.run(
    `COPY (SELECT 'models' AS account, 'key' || i AS object_key FROM range(${rows}) t(i)) TO '${file}' (FORMAT parquet)`,
  );
  const values = await valueCounts(connection, [file]);
  const { sorted, written, repeated } = await stepColumns(connection, [file], { rows, hours: 1, values });
  expect(sorted).toMatch(/ AS "account".*, "object_key"/);
  expect(written('full')).toBe('"object_key"');
  expect(repeated('full')).toContainEqual({ spec: columns.find(({ name }) => name === 'account'), text: 'models' });
});
