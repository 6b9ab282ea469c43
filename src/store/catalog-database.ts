import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '../core/duckdb.ts';
import { AppError, errorClause, errorText } from '../core/errors.ts';
import { ensureTables, rewriteCatalog } from './catalog-migration.ts';
import { dataInUse } from './data-lock.ts';

const settings = {
  threads: '1',
  memory_limit: '512MB',
  // Small enough that a start after a crash replays little, large enough that commits do not wait for checkpoints.
  checkpoint_threshold: '16MB',
  enable_external_access: 'true',
  autoinstall_known_extensions: 'false',
};

/** An open `catalog.duckdb`. */
export interface CatalogDatabase {
  readonly connection: DuckDBConnection;
  /** Name of the write-ahead log that could not be replayed and was set aside; null normally. */
  readonly walSetAside: string | null;
  close(): void;
}

async function openOnce(path: string): Promise<{ connection: DuckDBConnection; close(): void }> {
  const instance = await DuckDBInstance.create(path, settings);
  try {
    const connection = await instance.connect();
    if (!(await ensureTables(connection, path))) {
      await connection.run('CHECKPOINT');
      connection.closeSync();
      instance.closeSync();
      await rewriteCatalog(path);
      return openOnce(path);
    }
    return {
      connection,
      close() {
        connection.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Opens or makes the catalog file. If its write-ahead log is damaged, the log is set aside and the file is opened as of
 * its last checkpoint: the catalog's own positions then say where to read on.
 *
 * @throws AppError DATA_IN_USE if another process holds it, SINK_WRITE if it cannot be opened.
 */
export async function openCatalogDatabase(dataDir: string, clock: () => Date): Promise<CatalogDatabase> {
  const path = join(dataDir, 'catalog.duckdb');
  const wal = `${path}.wal`;
  try {
    return { ...(await openOnce(path)), walSetAside: null };
  } catch (error) {
    if (error instanceof AppError) throw error;
    const text = errorText(error);
    if (/Could not set lock|Conflicting lock/i.test(text)) {
      throw dataInUse(dataDir, /PID (\d+)/.exec(text)?.[0] ?? 'another process', error);
    }
    if (!(await exists(wal)) || !/WAL|replay|checksum|serializ|corrupt/i.test(text)) throw openFault(path, error);
  }
  const aside = `${wal}.damaged-${clock()
    .toISOString()
    .replaceAll(/[^0-9TZ]/g, '')}`;
  await rename(wal, aside);
  try {
    return { ...(await openOnce(path)), walSetAside: aside };
  } catch (error) {
    throw openFault(path, error);
  }
}

/** The fault of a catalog that cannot be read. */
export function openFault(path: string, cause: unknown): AppError {
  return new AppError(
    'SINK_WRITE',
    `Could not open the catalog ${path}: ${errorClause(cause)}. ` +
      'Free space if the disk is full. If the file is damaged, move it away: it is made again from the newest manifest.',
    { cause, path },
  );
}
