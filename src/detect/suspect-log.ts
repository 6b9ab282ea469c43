import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import { columns } from '../core/columns.ts';
import { DuckDBTimestampValue, TIMESTAMP, UBIGINT } from '../core/duckdb.ts';
import { limits } from '../core/limits.ts';
import { appendRows } from '../store/append-rows.ts';
import { logRelation } from '../store/log-relation.ts';
import { logViews } from '../store/views.ts';
import type { LogTokens } from './log-tokens.ts';
import { numberIn } from './rule-views.ts';
import type { EventRange } from './run.ts';
import { logOfTokens } from './token-log.ts';

/** A statement that is going to read some tokens' rows of the log. */
export interface LogReader {
  readonly sql: string;
  readonly log: LogTokens;
}

/** A log of which rows are taken, and what runs the statement that takes them. */
interface LogSource {
  /** A FROM clause of stored rows from `since` on, UTC microseconds. */
  readonly relation: (since: bigint) => string;
  readonly run: (sql: string) => Promise<DuckDBResultReader>;
}

const dayMicros = 86_400_000_000n;

const names = columns.map(({ name }) => name);

function columnsOf(readers: readonly LogReader[]): readonly string[] {
  const named = names.filter((name) => readers.some(({ sql }) => new RegExp(`\\b${name}\\b`).test(sql)));
  // The text of an address is made of its number.
  const made = named.includes('caller_ip') ? ['caller_ipv4'] : [];
  return [...new Set([...named, ...made, 'time', 'token', 'token_fingerprint'])];
}

/** Texts that take as long as the columns that others read: who names one reads the files itself. */
const long = /\buri(_query)?\b/;

/** When a reader reads which token's rows, by its number. */
function spansOf({ tokens, fingerprints, since, days }: LogTokens, until: bigint) {
  if (days === null) return [...tokens, ...fingerprints].map((number) => [number, since, until] as const);
  return days.map(([number, day]) => {
    const start = BigInt(day) * dayMicros;
    return [number, start, start + dayMicros] as const;
  });
}

/**
 * The rows of the log that several rules read of their tokens, in a table: files are decoded once for all of them. Where these
 * are too many, it has none, and rules read the files each for itself.
 */
export class SuspectLog {
  readonly #connection: DuckDBConnection;
  #readers: ReadonlySet<LogTokens> = new Set();

  /** @param connection has `sas_use`. */
  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async create(): Promise<void> {
    await this.#connection.run('CREATE TABLE suspect_span (number UBIGINT, since TIMESTAMP, until TIMESTAMP)');
  }

  /** Takes rows in the place of those it had before. @param range no reader reads earlier rows, nor any from its end on. */
  async gather(readers: readonly LogReader[], { since, until }: EventRange, source: LogSource): Promise<void> {
    const near = readers.filter(({ sql, log }) => log.since >= since && !long.test(sql));
    if (near.length < 2) return;
    await this.#drop();
    await this.#connection.run('DELETE FROM suspect_span');
    const spans = near.flatMap(({ log }) => spansOf(log, until));
    const moment = (micros: bigint) => new DuckDBTimestampValue(micros);
    const rows = spans.map(([number, from, to]) => [number, moment(from), moment(to)]);
    await appendRows(this.#connection, 'suspect_span', [UBIGINT, TIMESTAMP, TIMESTAMP], rows);
    const count =
      await this.#connection.runAndReadAll(`SELECT coalesce(sum(n), 0)::BIGINT FROM sas_use u SEMI JOIN suspect_span s
      ON s.number = u.token_key AND u.bucket > s.since - INTERVAL '5 minutes' AND u.bucket < s.until`);
    if (numberIn(count) > limits.suspectRows) return;
    const first = spans.reduce((min, [, from]) => (from < min ? from : min), until);
    const among = {
      tokens: [...new Set(near.flatMap(({ log }) => log.tokens))],
      fingerprints: [...new Set(near.flatMap(({ log }) => log.fingerprints))],
    };
    const within = (column: string) =>
      `SEMI JOIN suspect_span s ON s.number = l.${column} AND l.time >= s.since AND l.time < s.until`;
    const log = `SELECT ${columnsOf(near).join(', ')} FROM ${source.relation(first)}`;
    await source.run(`CREATE TABLE suspect_log AS ${logOfTokens(among, log, within)}`);
    this.#readers = new Set(near.map(({ log }) => log));
  }

  /** Gives up the rows of a run that has ended; those that another has gathered since stay. */
  async forget(logs: readonly LogTokens[]): Promise<void> {
    if (logs.some((log) => this.has(log))) await this.#drop();
  }

  async #drop(): Promise<void> {
    this.#readers = new Set();
    await this.#connection.run('DROP TABLE IF EXISTS suspect_log');
  }

  /** Whether it has the rows of these tokens. */
  has(log: LogTokens): boolean {
    return this.#readers.has(log);
  }

  /** A SELECT of its rows, as `log_row`; null in columns that no reader names. */
  get rows(): string {
    const log = `(FROM ${logRelation('', [])} UNION ALL BY NAME FROM suspect_log)`;
    return logViews({ log, rollup: '' }).log_row;
  }
}
