import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { Catalog } from '../../src/store/catalog.ts';
import { temporaryFolder } from './temporary-folder.ts';

const initial = fileURLToPath(new URL('../../src/store/migrations/0001-initial.sql', import.meta.url));

async function oldCatalog(dataDir: string, number: number): Promise<void> {
  const instance = await DuckDBInstance.create(join(dataDir, 'catalog.duckdb'));
  const connection = await instance.connect();
  await connection.run(await readFile(initial, 'utf8'));
  await connection.run('INSERT INTO migration VALUES ($1, $2)', [number, 'x']);
  await connection.run(`INSERT INTO commit_log VALUES (1, now()::TIMESTAMP, 0, 5, 0, 1, NULL, 0)`);
  await connection.run(`INSERT INTO position VALUES (1, 'file', 'log', 0, 5, '4096')`);
  connection.closeSync();
  instance.closeSync();
}

it('numbers migrations without a gap and no two alike', async () => {
  const names = (await readdir(dirname(initial))).sort();
  expect(names.map((name) => Number.parseInt(name, 10))).toEqual(names.map((_, index) => index + 1));
});

it('brings a catalog of the first version up to date with all its rows', async () => {
  const dataDir = await temporaryFolder();
  await oldCatalog(dataDir, 1);
  for (let opening = 0; opening < 2; opening++) {
    const catalog = await Catalog.open(dataDir);
    expect(await catalog.positions()).toEqual([{ source: 'file', partition: 'log', offset: 5n, token: '4096' }]);
    expect(catalog.version).toBe(1);
    await catalog.close();
  }
});

it('refuses a catalog of a later version and says so', async () => {
  const dataDir = await temporaryFolder();
  await oldCatalog(dataDir, 99);
  await expect(Catalog.open(dataDir)).rejects.toThrow(/version 99, this saswatch knows 6/);
});
