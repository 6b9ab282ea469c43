import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { createTerms, grantsOf, KeptSas, keptSets, numberTerms } from '../../src/detect/kept-sas.ts';
import { attachLasting, showLasting } from '../../src/detect/lasting-tables.ts';
import { emptyManifest } from '../../src/store/manifest.ts';
import { sasRelation } from '../../src/store/views.ts';
import { newFolder } from './estate-days.ts';

const dataDir = newFolder();
afterAll(() => rmSync(dataDir, { recursive: true }));

it('forgets sets that have expired, and reads some again', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const each of [attachLasting, showLasting]) await connection.run(each);
  await connection.run(`CREATE TEMP TABLE sets AS FROM ${sasRelation('.', [])}`);
  await connection.run(`INSERT INTO sets BY NAME SELECT i::UBIGINT AS sas_id, '2024-11-04' AS sv,
    if(i = 5, NULL, TIMESTAMP '2026-01-01' + to_days(i::INTEGER)) AS se_time FROM range(1, 6) t(i)`);
  await connection.run(`COPY (FROM sets) TO '${join(dataDir, 'sas.parquet')}'`);
  const sasFiles = [{ path: 'sas.parquet', bytes: 0, rows: 5, sha256: '' }];
  const ids = async () => (await connection.runAndReadAll('SELECT sas_id FROM kept_sas ORDER BY 1')).getRows().flat();

  const sas = new KeptSas(dataDir, connection);
  await sas.create();
  await sas.load({ ...emptyManifest, sasFiles }, false);
  expect(await ids()).toEqual([1n, 2n, 3n, 4n, 5n]);
  await sas.forget(BigInt(Date.parse('2026-01-05')) * 1000n);
  expect(await ids()).toEqual([4n, 5n]);
  expect((await connection.runAndReadAll('SELECT sv FROM sas_terms')).getRows()).toEqual([['2024-11-04']]);
  expect(await sas.recall([2n, 77n])).toBe(true);
  expect(await ids()).toEqual([2n, 4n, 5n]);
  expect(await sas.recall([77n])).toBe(false);
  await sas.load({ ...emptyManifest, sasFiles }, false);
  expect(await ids()).toEqual([2n, 4n, 5n]);
  await sas.load({ ...emptyManifest, sasFiles }, true);
  expect(await ids()).toEqual([1n, 2n, 3n, 4n, 5n]);
  connection.closeSync();
  instance.closeSync();
});

it('numbers terms that come later, among sets with known ones, and after them', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const each of [attachLasting, showLasting]) await connection.run(each);
  await connection.run(`CREATE TEMP TABLE sets AS FROM ${sasRelation('.', [])}`);
  const sas = new KeptSas(dataDir, connection);
  await sas.create();
  const sasFiles: { path: string; bytes: number; rows: number; sha256: string }[] = [];
  const load = async (values: string) => {
    const path = `terms-${sasFiles.length}.parquet`;
    await connection.run('DELETE FROM sets');
    await connection.run(`INSERT INTO sets BY NAME SELECT * FROM (VALUES ${values}) t(sas_id, sp)`);
    await connection.run(`COPY (FROM sets) TO '${join(dataDir, path)}'`);
    sasFiles.push({ path, bytes: 0, rows: 1, sha256: '' });
    await sas.load({ ...emptyManifest, sasFiles: [...sasFiles] }, false);
    const kept = await connection.runAndReadAll(`SELECT sas_id::INTEGER, sp FROM ${grantsOf()} ORDER BY 1`);
    return kept.getRows();
  };
  const first = [[1, 'r']];
  expect(await load("(1, 'r')")).toEqual(first);
  const second = [...first, [2, 'r']];
  expect(await load("(2, 'r')")).toEqual(second);
  const third = [...second, [3, 'r'], [4, 'w'], [5, null]];
  expect(await load("(3, 'r'), (4, 'w'), (5, NULL)")).toEqual(third);
  const fourth = [...third, [6, 'd'], [7, 'w']];
  expect(await load("(6, 'd'), (7, 'w'), (1, 'r')")).toEqual(fourth);
  expect(await load("(8, 'd')")).toEqual([...fourth, [8, 'd']]);
  const numbers = await connection.runAndReadAll(
    'SELECT count(*)::INTEGER, count(DISTINCT terms)::INTEGER FROM sas_terms',
  );
  expect(numbers.getRows()).toEqual([[4, 4]]);
  connection.closeSync();
  instance.closeSync();
});

it('tells terms apart that differ in a missing text alone, and numbers none twice', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(`CREATE TABLE sets AS FROM ${sasRelation('.', [])}`);
  await connection.run(createTerms('sets'));
  const add = async (values: string) => {
    await connection.run('DELETE FROM sets');
    await connection.run(`INSERT INTO sets BY NAME SELECT * FROM (VALUES ${values}) t(sas_id, sp, si)`);
    await connection.run(numberTerms('sets'));
    const result = await connection.runAndReadAll(`SELECT sas_id, terms FROM ${keptSets('sets')} ORDER BY sas_id`);
    return result.getRows().map(([id, number]) => [Number(id), Number(number)] as const);
  };
  const first = new Map(await add("(1, 'r', NULL), (2, NULL, 'r'), (3, 'r', ''), (4, 'r', NULL)"));
  expect(new Set(first.values()).size).toBe(3);
  expect(first.get(4)).toBe(first.get(1));
  const second = new Map(await add("(5, NULL, 'r'), (6, NULL, NULL)"));
  expect(second.get(5)).toBe(first.get(2));
  expect([...first.values()]).not.toContain(second.get(6));
  connection.closeSync();
  instance.closeSync();
});
