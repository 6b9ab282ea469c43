import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '../core/duckdb.ts';
import { AppError } from '../core/errors.ts';
import { syncFile, syncFolder } from './durable-file.ts';
import { literal } from './segment-writer.ts';

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

async function migrations(): Promise<Migration[]> {
  const folder = dirname(fileURLToPath(import.meta.resolve('#migrations/0001-initial.sql')));
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => ({
      number: Number.parseInt(name, 10),
      name,
      sql: await readFile(join(folder, name), 'utf8'),
    })),
  );
}

async function tables(connection: DuckDBConnection, database: string): Promise<string[]> {
  const reader = await connection.runAndReadAll(
    'SELECT table_name FROM duckdb_tables() WHERE database_name = $1 ORDER BY table_name',
    [database],
  );
  return reader.getRows().map(([name]) => String(name));
}

async function create(connection: DuckDBConnection, known: readonly Migration[]): Promise<void> {
  await connection.run('BEGIN');
  for (const { number, name, sql } of known) {
    await connection.run(sql);
    await connection.run('INSERT INTO migration VALUES ($1, $2)', [number, name]);
  }
  await connection.run('COMMIT');
}

/**
 * Makes the tables of a new catalog.
 *
 * @returns false if the tables there are of an older version: `rewriteCatalog` brings them up to date.
 * @throws AppError CONFIG_INVALID if they are of a newer one.
 */
export async function ensureTables(connection: DuckDBConnection, path: string): Promise<boolean> {
  const known = await migrations();
  const newest = known.at(-1)?.number ?? 0;
  const reader = await connection.runAndReadAll(
    `SELECT count(*)::INTEGER FROM duckdb_tables() WHERE table_name = 'migration'`,
  );
  if (reader.getRowsJS()[0]?.[0] === 0) {
    await create(connection, known);
    return true;
  }
  const applied = await connection.runAndReadAll('SELECT max(number)::INTEGER FROM migration');
  const version = Number(applied.getRowsJS()[0]?.[0]);
  if (version > newest) {
    throw new AppError(
      'CONFIG_INVALID',
      `Could not open ${path}: its tables have version ${version}, this saswatch knows ${newest}. ` +
        'Use the saswatch that wrote it, or another folder with --data.',
    );
  }
  return version === newest;
}

/**
 * Brings a catalog up to date by writing a new file with the same rows and the tables of today, which takes the old one's
 * place in one step. Tables are never altered: DuckDB's log of that does not always replay.
 *
 * @param path a catalog that is closed and has no write-ahead log.
 */
export async function rewriteCatalog(path: string): Promise<void> {
  const fresh = `${path}.new`;
  for (const file of [fresh, `${fresh}.wal`]) await rm(file, { force: true });
  const instance = await DuckDBInstance.create(fresh, { threads: '1' });
  try {
    const connection = await instance.connect();
    await create(connection, await migrations());
    await connection.run(`ATTACH ${literal(path)} AS before (READ_ONLY)`);
    const names = (await tables(connection, 'before')).filter((name) => name !== 'migration');
    for (const name of names) await connection.run(`INSERT INTO "${name}" BY NAME SELECT * FROM before."${name}"`);
    await connection.run('DETACH before');
    await connection.run('CHECKPOINT');
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
  await syncFile(fresh);
  await rename(fresh, path);
  await syncFolder(dirname(path));
}
