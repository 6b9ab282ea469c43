import { setTimeout as sleep } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';

const lookMs = 50;

/** A second connection, for statements that take long: what they do not wait for goes on meanwhile. */
export class Aside {
  readonly #connection: DuckDBConnection;

  /** @param connection of the same database, used for nothing else. */
  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /**
   * Runs a statement over the tables as they are now.
   *
   * @param meanwhile is called again and again until the statement is done; may change the tables, but for one that the
   * statement fills.
   */
  async run(sql: string, meanwhile: () => Promise<void>): Promise<DuckDBResultReader> {
    await this.#connection.run('BEGIN TRANSACTION');
    try {
      // A transaction sees what there is when it first looks.
      await this.#connection.run('FROM met_token LIMIT 0');
      const reading = this.#connection.runAndReadAll(sql);
      await until(reading, meanwhile);
      const result = await reading;
      await this.#connection.run('COMMIT');
      return result;
    } catch (error) {
      await this.#connection.run('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#connection.closeSync();
  }
}

async function until(work: Promise<unknown>, meanwhile: () => Promise<void>): Promise<void> {
  let isDone = false;
  const end = () => {
    isDone = true;
  };
  const done = work.then(end, end);
  while (!isDone) {
    await Promise.race([done, sleep(lookMs)]);
    if (!isDone) await meanwhile();
  }
}
