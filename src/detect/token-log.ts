import type { DuckDBConnection } from '@duckdb/node-api';
import { DATE, DuckDBDateValue, UBIGINT, UINTEGER } from '../core/duckdb.ts';
import { appendRows } from '../store/append-rows.ts';
import type { LogTokens } from './log-tokens.ts';

/**
 * So few numbers are compared with each row while a file is read: what else it has of other rows is not decoded then. More of
 * them are in most parts of a file, and to compare each row with a list takes longer than the join.
 */
export const comparedMax = 32;

/**
 * A SELECT of those rows of a log that are of some tokens. Files are sorted by token, so that their statistics tell which to pass
 * over; an OR of two columns would hide them.
 *
 * @param log a SELECT of log rows.
 * @param joined what these, as `l`, are joined with by the number in a column: a relation that has no others.
 * @param columns what it selects of either.
 */
export function logOfTokens(
  { tokens, fingerprints }: Pick<LogTokens, 'tokens' | 'fingerprints'>,
  log: string,
  joined: (column: string) => string,
  columns = 'l.*',
): string {
  const among = (column: string, numbers: readonly bigint[]) => {
    if (numbers.length > comparedMax) return [];
    const list = numbers.map((number) => `${number}::UBIGINT`).join(', ');
    return numbers.length === 1
      ? [`${column} = ${list}`]
      : [`${column} IN (${list})`, `list_contains([${list}], ${column})`];
  };
  const part = (column: string, conditions: readonly string[]) =>
    `SELECT ${columns} FROM (${log}) l ${joined(column)}${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}`;
  const parts = [
    ...(tokens.length > 0 ? [part('token', among('token', tokens))] : []),
    ...(fingerprints.length > 0
      ? [part('token_fingerprint', [...among('token_fingerprint', fingerprints), 'token IS NULL'])]
      : []),
  ];
  return parts.join(' UNION ALL ');
}

/** Tokens, and a SELECT of log rows that has theirs. */
export interface TokenRows {
  readonly tokens: LogTokens;
  readonly log: string;
}

/** The log cut down to some tokens and days of theirs, or to all their days. */
export class TokenLog {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async create(): Promise<void> {
    await this.#connection.run('CREATE TABLE log_day (part UINTEGER, number UBIGINT, day DATE)');
  }

  /** @returns a SELECT of the rows of the tokens, good until it is asked for others. */
  async of(parts: readonly TokenRows[]): Promise<string> {
    await this.#show(parts);
    return parts
      .map(({ tokens, log }, part) => {
        const { days } = tokens;
        const isMany = Math.max(tokens.tokens.length, tokens.fingerprints.length) > comparedMax;
        const asked = `log_day WHERE part = ${part}`;
        // While a file is read, DuckDB looks for each row in a bloom filter of what it is joined with by one column, so that little
        // else of other rows is decoded: but only where that has a condition, be it one that everything meets.
        const numbers = `(SELECT number FROM ${asked} GROUP BY number HAVING count(*) > 0)`;
        return logOfTokens(tokens, log, (column) =>
          [
            ...(days === null || isMany ? [`SEMI JOIN ${numbers} n ON n.number = l.${column}`] : []),
            ...(days === null
              ? []
              : [`SEMI JOIN (FROM ${asked}) d ON d.number = l.${column} AND d.day = l.time::DATE`]),
          ].join(' '),
        );
      })
      .join(' UNION ALL ');
  }

  async #show(parts: readonly TokenRows[]): Promise<void> {
    await this.#connection.run('DELETE FROM log_day');
    const rows = parts.flatMap(({ tokens: { tokens, fingerprints, days } }, part) =>
      (days ?? [...tokens, ...fingerprints].map((number) => [number, null] as const)).map(
        ([number, day]) => [part, number, day === null ? null : new DuckDBDateValue(day)] as const,
      ),
    );
    await appendRows(this.#connection, 'log_day', [UINTEGER, UBIGINT, DATE], rows);
  }
}
