import { resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '../core/duckdb.ts';
import { existingDataFolder } from './data-folder.ts';
import { logRelation } from './log-relation.ts';
import { emptyManifest, type Manifest, readManifest } from './manifest.ts';
import { rollupRelation } from './rollup-relation.ts';
import { literal } from './segment-writer.ts';
import { findTokens, type TokenSearch } from './token-search.ts';
import { createViews } from './views.ts';

/** A snapshot of the lake to query. */
export interface Reader {
  /** Of a private in-memory database; the caller may tighten its settings. */
  readonly connection: DuckDBConnection;
  /** The snapshot; version 0 if nothing has been published yet. */
  readonly manifest: Manifest;
  close(): void;
}

/**
 * Opens the newest snapshot with its views. It sees what was committed before and nothing later, takes no lock, and
 * works beside a process that ingests.
 *
 * @throws AppError CONFIG_INVALID if the folder does not exist.
 */
export function openReader(dataDir: string): Promise<Reader> {
  return open(dataDir, (connection, manifest) => createViews(connection, dataDir, manifest).then(() => manifest));
}

/** The same without views, for statements over the files of the snapshot. */
export function openFiles(dataDir: string): Promise<Reader> {
  return open(dataDir, async (_, manifest) => manifest);
}

/**
 * The same as `openReader`, but its views show nothing but the rows of some tokens, with their SAS sets: they are looked up
 * in the rollups first, and only the files they are in are opened. Findings, sources and positions are those of the whole
 * lake.
 *
 * @returns a reader whose manifest names the segments with rows of these tokens only; null if no segment has any.
 * @throws AppError CONFIG_INVALID if the folder does not exist.
 */
export async function openTokenReader(dataDir: string, search: TokenSearch): Promise<Reader | null> {
  const reader = await open(dataDir, async (connection, manifest) => {
    const { segments, ...rows } = await findTokens(connection, resolve(dataDir), manifest, search);
    // Planning the views costs more than the search.
    if (segments.length === 0) return { ...manifest, segments };
    // A SAS set stands in the segment that met it first, whatever that segment's rows are.
    await createViews(connection, dataDir, manifest, rows);
    return { ...manifest, segments };
  });
  if (reader.manifest.segments.length > 0) return reader;
  reader.close();
  return null;
}

/** Tokens signed with one key, in use in a stretch of time. */
export interface KeyUse {
  readonly account: string;
  readonly keyName: string;
  /** First 128 bits of the key's hash as a UUID. */
  readonly keyHash: string;
  /** Microseconds since 1970 UTC, both included. */
  readonly first: bigint;
  readonly last: bigint;
}

/** The same for the tokens of a key: their rollups in that time, which `tokens` and `token_life` are made of, and no log rows. */
export function openKeyReader(dataDir: string, { account, keyName, keyHash, first, last }: KeyUse): Promise<Reader> {
  return open(dataDir, async (connection, manifest) => {
    const segments = manifest.segments.filter(({ minTime, maxTime }) => minTime <= last && maxTime >= first);
    const rollup = `(SELECT * FROM ${rollupRelation(dataDir, segments)}
      WHERE account = ${literal(account)} AND key_name = ${literal(keyName)} AND key_hash = ${literal(keyHash)}::UUID
        AND max_time >= make_timestamp(${first}) AND min_time <= make_timestamp(${last}))`;
    await createViews(connection, dataDir, manifest, { log: logRelation(resolve(dataDir), []), rollup });
    return { ...manifest, segments };
  });
}

async function open(
  dataDir: string,
  prepare: (connection: DuckDBConnection, manifest: Manifest) => Promise<Manifest>,
): Promise<Reader> {
  await existingDataFolder(dataDir);
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' });
  const connection = await instance.connect();
  const close = () => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    const manifest = await prepare(connection, (await readManifest(dataDir)) ?? emptyManifest);
    return { connection, manifest, close };
  } catch (error) {
    close();
    throw error;
  }
}
