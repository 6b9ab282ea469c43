import { access } from 'node:fs/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { AppError } from '../core/errors.ts';
import { emptyManifest, type Manifest, readManifest } from './manifest.ts';
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
export async function openReader(dataDir: string): Promise<Reader> {
  await access(dataDir).catch((cause: unknown) => {
    throw new AppError(
      'CONFIG_INVALID',
      `Could not read the data folder ${dataDir}: it does not exist. Name the folder that \`saswatch ingest\` wrote with --data.`,
      { cause },
    );
  });
  const manifest = (await readManifest(dataDir)) ?? emptyManifest;
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' });
  const connection = await instance.connect();
  const close = () => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    await createViews(connection, dataDir, manifest);
  } catch (error) {
    close();
    throw error;
  }
  return { connection, manifest, close };
}
