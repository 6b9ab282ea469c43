import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { query as clickHouse } from 'chdb';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { expect, it } from 'vitest';
import { addRepeatedColumns, type RepeatedColumn } from '../../src/store/parquet/repeated-columns.ts';
import { groupsRelation } from '../../src/store/parquet-relation.ts';
import { sqlType } from '../../src/store/table.ts';
import { temporaryFolder } from './temporary-folder.ts';

const nothing: RepeatedColumn[] = (['utf8', 'uuid', 'uint64', 'timestamp', 'float64'] as const).map((type) => ({
  spec: { name: `no_${type}`, type },
  text: null,
}));
const added: RepeatedColumn[] = [
  ...nothing,
  { spec: { name: 'word', type: 'dictionary' }, text: 'blöb ключ 🗝' },
  { spec: { name: 'empty', type: 'utf8' }, text: '' },
];

it('adds columns to files of DuckDB, of few columns and row groups and of many', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const select = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
  const path = join(folder, 'rows.parquet');
  const shape = fc.record({
    rows: fc.constantFrom(1, 2_048, 10_000, 41_000),
    columns: fc.constantFrom(1, 14, 15, 40),
    repeated: fc.subarray(added, { minLength: 1 }),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ rows, columns, repeated }) => {
      const list = Array.from(
        { length: columns },
        (_, at) => `CASE WHEN i % 3 > 0 THEN ${['i', "'text ' || i", 'uuid()'][at % 3]} END AS c${at}`,
      );
      await connection.run(`CREATE OR REPLACE TABLE before AS SELECT ${list.join(', ')} FROM range(${rows}) t(i)`);
      await connection.run(`COPY before TO '${path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048)`);
      await addRepeatedColumns(path, repeated);
      const values = repeated.map(
        ({ spec, text }) => `${text === null ? 'NULL' : `'${text}'`}::${sqlType(spec)} AS "${spec.name}"`,
      );
      const expected = `SELECT *, ${values.join(', ')} FROM before`;
      expect(await select(`SELECT count(*) FROM (FROM '${path}' EXCEPT ALL ${expected})`)).toEqual([['0']]);
      expect(await select(`SELECT column_name, column_type FROM (DESCRIBE FROM '${path}')`)).toEqual(
        await select(`SELECT column_name, column_type FROM (DESCRIBE ${expected})`),
      );
      const groups = await select(
        `SELECT sum(row_group_bytes = of_chunks)::INT, count(*)::INT FROM (
          SELECT any_value(row_group_bytes) AS row_group_bytes, sum(total_uncompressed_size) AS of_chunks
          FROM parquet_metadata('${path}') GROUP BY row_group_id)`,
      );
      const [[right, all] = []] = groups;
      expect(right).toBe(all);
    }),
    { numRuns: 20 },
  );
});

it('adds columns that other engines read', async () => {
  const path = join(await temporaryFolder(), 'rows.parquet');
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run(
    `COPY (SELECT i::INTEGER AS i FROM range(5000) t(i)) TO '${path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048)`,
  );
  await addRepeatedColumns(path, added);
  const nulls = Object.fromEntries(nothing.map(({ spec }) => [spec.name, null]));
  const expected = Array.from({ length: 5_000 }, (_, i) => ({ i, ...nulls, word: 'blöb ключ 🗝', empty: '' }));
  const file = await asyncBufferFromFile(path);
  expect(await parquetReadObjects({ file, compressors })).toEqual(expected);
  const byClickHouse = clickHouse(`SELECT * FROM file('${path}', Parquet) ORDER BY i`, 'JSONEachRow');
  expect(
    byClickHouse
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(expected);
  const found = await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM '${path}' WHERE word < 'blöb'`);
  expect(found.getRows()).toEqual([[0]]);
});

it('adds columns that a reader finds by name, wherever the first of the files has them', async () => {
  const folder = await temporaryFolder();
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const word = { name: 'word', type: 'utf8' } as const;
  const specs = [word, { name: 'i', type: 'int32' }, { name: 'other', type: 'utf8' }] as const;
  const copy = (list: string, name: string) =>
    connection.run(`COPY (SELECT ${list} FROM range(3) t(i)) TO '${join(folder, name)}' (FORMAT parquet)`);
  await copy(`'there' AS word, i::INTEGER AS i, 'o' || i AS other`, 'before.parquet');
  await copy(`i::INTEGER AS i, 'o' || i AS other`, 'after.parquet');
  await addRepeatedColumns(join(folder, 'after.parquet'), [{ spec: word, text: 'added' }]);
  const rows = ['there', 'added'].flatMap((text) => [0, 1, 2].map((i) => [text, i, `o${i}`]));
  for (const paths of [
    ['before.parquet', 'after.parquet'],
    ['after.parquet', 'before.parquet'],
  ]) {
    const read = await connection.runAndReadAll(
      `FROM ${groupsRelation(folder, [{ paths, alike: true }], specs)} ORDER BY word DESC, i`,
    );
    expect(read.getRows()).toEqual(rows);
  }
});

it('leaves a file alone that is to get no column, and refuses what is no Parquet file', async () => {
  const path = join(await temporaryFolder(), 'no.parquet');
  await writeFile(path, 'no Parquet file');
  await addRepeatedColumns(path, []);
  await expect(addRepeatedColumns(path, added)).rejects.toThrow('ends as a Parquet file');
  expect((await stat(path)).size).toBe(15);
});
