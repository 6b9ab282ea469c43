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
import { dayMicros } from './segment-days.ts';
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

const names = columns.map(({ name }) => name);

function columnsOf(readers: readonly LogReader[]): readonly string[] {
  const named = names.filter((name) => readers.some(({ sql }) => new RegExp(`\\b${name}\\b`).test(sql)));
  // The text of an address is made of its number, and so is the column that has the others.
  const made = readers.some(({ sql }) => /\bcaller_ip(_other)?\b/.test(sql)) ? ['caller_ip', 'caller_ipv4'] : [];
  return [...new Set([...named, ...made, 'time', 'token', 'token_fingerprint'])];
}

/** Texts that take as long as the columns that others read: who names one reads the files itself. */
const long = /\buri(_query)?\b/;

/** Bits of a number: readers beyond read the files. */
const readersMax = 64;

const bitOf = (reader: number) => 1n << BigInt(reader);

/** From when until when rows of a token are read, and a bit for each reader of it. */
type Span = Readonly<Record<'since' | 'until' | 'readers', bigint>>;

/** What holds all that is read of each token, by its number. */
function spansOf(logs: readonly LogTokens[], until: bigint): Map<bigint, Span> {
  const spans = new Map<bigint, Span>();
  const add = (number: bigint, span: Span) => {
    const { since, until, readers } = spans.get(number) ?? span;
    spans.set(number, {
      since: span.since < since ? span.since : since,
      until: span.until > until ? span.until : until,
      readers: span.readers | readers,
    });
  };
  for (const [index, { tokens, fingerprints, since, days }] of logs.entries()) {
    const readers = bitOf(index);
    if (days === null) for (const number of [...tokens, ...fingerprints]) add(number, { since, until, readers });
    for (const [number, day] of days ?? []) {
      const start = BigInt(day) * dayMicros;
      add(number, { since: start, until: start + dayMicros, readers });
    }
  }
  return spans;
}

/**
 * The rows of the log that several rules read of their tokens, in a table: files are decoded once for all of them. Where these
 * are too many, it has none, and rules read the files each for itself.
 */
export class SuspectLog {
  readonly #connection: DuckDBConnection;
  #readers: readonly LogTokens[] = [];

  /** @param connection has `sas_use`. */
  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async create(): Promise<void> {
    await this.#connection.run(
      'CREATE TABLE suspect_span (number UBIGINT, since TIMESTAMP, until TIMESTAMP, readers UBIGINT)',
    );
  }

  /** Takes rows in the place of those it had before. @param range no reader reads earlier rows, nor any from its end on. */
  async gather(readers: readonly LogReader[], { since, until }: EventRange, source: LogSource): Promise<void> {
    const near = readers.filter(({ sql, log }) => log.since >= since && !long.test(sql)).slice(0, readersMax);
    if (near.length < 2) return;
    await this.#drop();
    await this.#connection.run('DELETE FROM suspect_span');
    const logs = near.map(({ log }) => log);
    const spans = spansOf(logs, until);
    const moment = (micros: bigint) => new DuckDBTimestampValue(micros);
    const rows = [...spans].map(
      ([number, span]) => [number, moment(span.since), moment(span.until), span.readers] as const,
    );
    await appendRows(this.#connection, 'suspect_span', [UBIGINT, TIMESTAMP, TIMESTAMP, UBIGINT], rows);
    const count =
      await this.#connection.runAndReadAll(`SELECT coalesce(sum(n), 0)::BIGINT FROM sas_use u JOIN suspect_span s
      ON s.number = u.token_key AND u.bucket > s.since - INTERVAL '5 minutes' AND u.bucket < s.until`);
    if (numberIn(count) > limits.suspectRows) return;
    const first = [...spans.values()].reduce((min, span) => (span.since < min ? span.since : min), until);
    const among = {
      tokens: [...new Set(logs.flatMap(({ tokens }) => tokens))],
      fingerprints: [...new Set(logs.flatMap(({ fingerprints }) => fingerprints))],
    };
    const within = (column: string) =>
      `JOIN suspect_span s ON s.number = l.${column} AND l.time >= s.since AND l.time < s.until`;
    const log = `SELECT ${columnsOf(near).join(', ')} FROM ${source.relation(first)}`;
    await source.run(`CREATE TABLE suspect_log AS ${logOfTokens(among, log, within, 'l.*, s.readers')}`);
    this.#readers = logs;
  }

  /** Gives up the rows of a run that has ended; those that another has gathered since stay. */
  async forget(logs: readonly LogTokens[]): Promise<void> {
    if (logs.some((log) => this.has(log))) await this.#drop();
  }

  async #drop(): Promise<void> {
    this.#readers = [];
    await this.#connection.run('DROP TABLE IF EXISTS suspect_log');
  }

  /** Whether it has the rows of these tokens. */
  has(log: LogTokens): boolean {
    return this.#readers.includes(log);
  }

  /**
   * A SELECT of the rows of these tokens, as `log_row`, and of further days of theirs that others read; null in columns that
   * no reader names.
   */
  rowsOf(tokens: LogTokens): string {
    const own = `FROM suspect_log WHERE readers & ${bitOf(this.#readers.indexOf(tokens))} <> 0`;
    const log = `(FROM ${logRelation('', [])} UNION ALL BY NAME SELECT * EXCLUDE (readers) ${own})`;
    return logViews({ log, rollup: '' }).log_row;
  }
}
