import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { AppError, errorClause } from '../core/errors.ts';
import { type CatalogDatabase, openCatalogDatabase, openFault } from './catalog-database.ts';
import { loadState } from './catalog-load.ts';
import type { CatalogState } from './catalog-state.ts';

export interface SessionOptions {
  readonly clock: () => Date;
  /** Files given up longer ago are not in the state. */
  readonly graceMs: number;
}

/** The catalog's database with what its tables say in memory: one piece of work after another, opened anew after a fault. */
export class CatalogSession {
  readonly #dataDir: string;
  readonly #options: SessionOptions;
  /** Null while it is to be opened anew. */
  #database: CatalogDatabase | null;
  #state: CatalogState;
  #queue: Promise<unknown> = Promise.resolve();
  /** Name of a write-ahead log that could not be replayed and was moved there. */
  readonly walSetAside: string | null;

  private constructor(dataDir: string, options: SessionOptions, database: CatalogDatabase, state: CatalogState) {
    this.#dataDir = dataDir;
    this.#options = options;
    this.#database = database;
    this.#state = state;
    this.walSetAside = database.walSetAside;
  }

  /** @throws AppError DATA_IN_USE, or SINK_WRITE if it cannot be read. */
  static async open(dataDir: string, options: SessionOptions): Promise<CatalogSession> {
    const database = await openCatalogDatabase(dataDir, options.clock);
    try {
      return new CatalogSession(dataDir, options, database, await load(dataDir, database.connection, options));
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** As the last transaction left it. */
  get state(): CatalogState {
    return this.#state;
  }

  /** Of the open database; within `serially`. */
  get connection(): DuckDBConnection {
    assert(this.#database !== null, 'the catalog is open');
    return this.#database.connection;
  }

  /** Runs `work` when all before it has ended, with the database open. */
  serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(async () => {
      if (this.#database === null) await this.#reopen();
      return work();
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /**
   * Runs `work` in a transaction; within `serially`.
   *
   * @param apply takes what was written into the state. Not called where a fault came although the transaction was
   * committed (a checkpoint that failed after it): the database has been opened anew then, and the state read from it.
   * @throws AppError SINK_WRITE, retryable; nothing has changed then.
   */
  async transaction(
    work: (connection: DuckDBConnection) => Promise<void>,
    apply: (state: CatalogState) => void,
  ): Promise<void> {
    const { connection } = this;
    const before = this.#state.version;
    try {
      await connection.run('BEGIN');
      await work(connection);
      await connection.run('COMMIT');
    } catch (error) {
      this.#database?.close();
      this.#database = null;
      const fault = new AppError(
        'SINK_WRITE',
        `Could not commit to ${join(this.#dataDir, 'catalog.duckdb')}: ${errorClause(error)}. Nothing was acknowledged; ` +
          'free space on that disk if it is full, the same rows are committed again by themselves.',
        { cause: error, retryable: true },
      );
      await this.#reopen().catch(() => {
        throw fault;
      });
      if (this.#state.version > before) return;
      throw fault;
    }
    apply(this.#state);
  }

  /** Reads the state from the tables again; within `serially`. */
  async reload(): Promise<void> {
    this.#state = await load(this.#dataDir, this.connection, this.#options);
  }

  /** Waits for what is under way, does what is left to do if the database is open, and closes it. */
  async close(last: () => Promise<void>): Promise<void> {
    await this.#queue.catch(() => undefined);
    try {
      if (this.#database !== null) await last();
    } finally {
      this.#database?.close();
      this.#database = null;
    }
  }

  /** After a fatal fault DuckDB refuses everything; the file itself is sound and says what was committed. */
  async #reopen(): Promise<void> {
    const database = await openCatalogDatabase(this.#dataDir, this.#options.clock);
    this.#state = await load(this.#dataDir, database.connection, this.#options);
    this.#database = database;
  }
}

/** Every row is read here: a block that is damaged shows now, not when it is needed. */
async function load(
  dataDir: string,
  connection: DuckDBConnection,
  { clock, graceMs }: SessionOptions,
): Promise<CatalogState> {
  try {
    return await loadState(connection, new Date(clock().getTime() - graceMs));
  } catch (error) {
    throw openFault(join(dataDir, 'catalog.duckdb'), error);
  }
}
