import type { DuckDBConnection } from '@duckdb/node-api';
import { columns } from '../core/columns.ts';
import { DATE, DuckDBDateValue, VARCHAR } from '../core/duckdb.ts';
import { dayMicros } from '../core/utc-day.ts';
import { appendRows } from '../store/append-rows.ts';
import type { DayOf } from './kept-days.ts';
import { textLiteral, timestampLiteral } from './parameter.ts';
import type { EventRange } from './run.ts';
import { comparedMax } from './token-log.ts';

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
 * @param withDay whether that day is asked, too.
 */
export function pastSelect(by: string, rows: string, withDay = true): string {
  const dayAt = (time: string) => `epoch_us((${time})::TIMESTAMP) // ${dayMicros}`;
  const end = `${dayAt('day')}${withDay ? ' + 1' : ''}`;
  return `SELECT DISTINCT account, ${by}, unnest(range(${dayAt(rows)}, ${end}))::INTEGER`;
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

/** Days in a row on which the same keys are asked. */
export interface PastStretch extends EventRange {
  readonly keys: readonly string[];
}

/** The days that are asked, each in one stretch: of most only keys that none before has asked. */
export function pastStretches({ days }: PastKeys): PastStretch[] {
  const keysOf = new Map<number, Set<string>>();
  for (const [key, day] of days) keysOf.set(day, (keysOf.get(day) ?? new Set()).add(key));
  const stretches: { since: bigint; until: bigint; keys: readonly string[] }[] = [];
  for (const [day, set] of [...keysOf].sort(([a], [b]) => a - b)) {
    const [since, keys] = [BigInt(day) * dayMicros, [...set].sort()];
    const last = stretches.at(-1);
    if (last?.until === since && String(last.keys) === String(keys)) last.until += dayMicros;
    else stretches.push({ since, until: since + dayMicros, keys });
  }
  return stretches;
}

/** To read so few accounts' rows each by itself costs less than what one has by the names of another's keys. */
const aloneMax = 4;

/**
 * Conditions on rows of the log, of which each row of a stretch that is asked meets one. What else a file has of other rows is
 * not decoded: a text is looked up in the file's dictionary, and several, if few, are compared with each row.
 */
export function stretchConditions({ by, keys: pairs }: PastKeys, { since, until, keys }: PastStretch): string[] {
  const isColumn = columns.some(({ name }) => name === by);
  const among = (column: string, texts: readonly string[]) => {
    const literals = [...new Set(texts)].map(textLiteral);
    if (literals.length === 1) return [`${column} = ${literals[0]}`];
    return literals.length > comparedMax ? [] : [`list_contains([${literals.join(', ')}], ${column})`];
  };
  const accounts = [...new Set(keys.map((key) => pairs.get(key)?.[0]))];
  const ofAccount = (account?: string) => keys.filter((key) => pairs.get(key)?.[0] === account);
  const groups = isColumn && accounts.length <= aloneMax ? accounts.map(ofAccount) : [keys];
  return groups.map((group) => {
    const textsOf = (index: 0 | 1) => group.flatMap((key) => pairs.get(key)?.[index] ?? []);
    return [
      `time >= ${timestampLiteral(since)} AND time < ${timestampLiteral(until)}`,
      ...among('account', textsOf(0)),
      ...(isColumn ? among(by, textsOf(1)) : []),
    ].join(' AND ');
  });
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
