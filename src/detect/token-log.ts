import type { DuckDBConnection } from '@duckdb/node-api';
import { DATE, DuckDBDateValue, UBIGINT } from '../core/duckdb.ts';
import { appendRows } from '../store/append-rows.ts';
import type { LogTokens } from './log-tokens.ts';

/** So few numbers are compared with each row while a file is read: what else it has of other rows is not decoded then. */
export const comparedMax = 32;

/**
 * A SELECT of those rows of a log that are of some tokens. Files are sorted by token, so that their statistics tell which to pass
 * over; an OR of two columns would hide them.
 *
 * @param log a SELECT of log rows.
 * @param joined what these, as `l`, are joined with, by the number in a column.
 */
export function logOfTokens(
  { tokens, fingerprints }: Pick<LogTokens, 'tokens' | 'fingerprints'>,
  log: string,
  joined: (column: string) => string,
): string {
  const among = (column: string, numbers: readonly bigint[]) => {
    const list = numbers.map((number) => `${number}::UBIGINT`).join(', ');
    const compared = numbers.length <= comparedMax ? ` AND list_contains([${list}], ${column})` : '';
    return `${joined(column)} WHERE ${column} IN (${list})${compared}`;
  };
  const parts = [
    ...(tokens.length > 0 ? [among('token', tokens)] : []),
    ...(fingerprints.length > 0 ? [`${among('token_fingerprint', fingerprints)} AND token IS NULL`] : []),
  ];
  return parts.map((part) => `SELECT l.* FROM (${log}) l ${part}`).join(' UNION ALL ');
}

/** The log cut down to some tokens and their days. */
export class TokenLog {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async create(): Promise<void> {
    await this.#connection.run('CREATE TABLE log_day (number UBIGINT, day DATE)');
  }

  /**
   * @param log a SELECT of log rows.
   * @returns a SELECT of those of the tokens, good until it is asked for others.
   */
  async of(tokens: LogTokens, log: string): Promise<string> {
    const { days } = tokens;
    if (days !== null) await this.#show(days);
    const onDays = (column: string) => `SEMI JOIN log_day d ON d.number = l.${column} AND d.day = l.time::DATE`;
    return logOfTokens(tokens, log, days === null ? () => '' : onDays);
  }

  async #show(days: NonNullable<LogTokens['days']>): Promise<void> {
    await this.#connection.run('DELETE FROM log_day');
    const rows = days.map(([number, day]) => [number, new DuckDBDateValue(day)] as const);
    await appendRows(this.#connection, 'log_day', [UBIGINT, DATE], rows);
  }
}
