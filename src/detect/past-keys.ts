import type { DuckDBConnection } from '@duckdb/node-api';
import { DATE, DuckDBDateValue, VARCHAR } from '../core/duckdb.ts';
import { appendRows } from '../store/append-rows.ts';
import type { DayOf } from './kept-days.ts';

const dayMicros = 86_400_000_000n;

/** The rows of a log that are asked by account, one more column, and day. */
export interface PastKeys {
  /** That column. */
  readonly by: string;
  /** Accounts and values of it, by a text that tells both. */
  readonly keys: ReadonlyMap<string, readonly [account: string, value: string]>;
  readonly days: readonly DayOf<string>[];
}

/**
 * A SELECT list over the part of a statement that names accounts and values of a column: both, and each of the days that are
 * asked of them.
 *
 * @param rows an SQL time before each `day`, from which on they are.
 */
export function pastSelect(by: string, rows: string): string {
  const first = `epoch_us((${rows})::TIMESTAMP) // ${dayMicros}`;
  return `SELECT DISTINCT account, ${by}, unnest(range(${first}, epoch_us(day::TIMESTAMP) // ${dayMicros} + 1))::INTEGER`;
}

/** @param rows as `pastSelect` asks for them. */
export function pastKeys(by: string, rows: readonly (readonly unknown[])[]): PastKeys {
  const keys = new Map<string, readonly [string, string]>();
  const days: DayOf<string>[] = [];
  for (const [account, value, day] of rows) {
    if (typeof account !== 'string' || typeof value !== 'string' || typeof day !== 'number') continue;
    const key = JSON.stringify([account, value]);
    keys.set(key, [account, value]);
    days.push([key, day]);
  }
  return { by, keys, days };
}

/** Narrows a statement that groups rows of the log by account, a further column and day. */
export class PastAsked {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async create(): Promise<void> {
    await this.#connection.run('CREATE TABLE past_asked (account VARCHAR, value VARCHAR, day DATE)');
  }

  /** @returns a SELECT of the rows of the statement that are asked for, good until it is asked for others. */
  async of({ by, keys, days }: PastKeys, sql: string): Promise<string> {
    await this.#connection.run('DELETE FROM past_asked');
    const rows = days.map(([key, day]) => [...(keys.get(key) ?? []), new DuckDBDateValue(day)]);
    await appendRows(this.#connection, 'past_asked', [VARCHAR, VARCHAR, DATE], rows);
    return `SELECT p.* FROM (${sql}) p SEMI JOIN past_asked a ON a.account = p.account AND a.value = p.${by} AND a.day = p.day`;
  }
}
