import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { DuckDBInstance } from '../../src/core/duckdb.ts';
import { createTerms, KeptSas, keptSets, numberTerms } from '../../src/detect/kept-sas.ts';
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
