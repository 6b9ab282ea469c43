import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import { columns } from '../core/columns.ts';
import { DuckDBTimestampValue, TIMESTAMP, UBIGINT, UINTEGER } from '../core/duckdb.ts';
import { limits } from '../core/limits.ts';
import { appendRows } from '../store/append-rows.ts';
import type { SegmentFile } from '../store/commit.ts';
import { logRelation } from '../store/log-relation.ts';
import { logViews } from '../store/views.ts';
import type { LogTokens } from './log-tokens.ts';
import { numberIn } from './rule-views.ts';
import type { EventRange } from './run.ts';
import { sharedReaders } from './shared-readers.ts';
import { type Batch, SuspectBatches } from './suspect-batches.ts';
import { askedOf, type ReaderLog, type Span, spansOf } from './suspect-spans.ts';
import { logOfTokens } from './token-log.ts';

/** A statement that is going to read some tokens' rows of the log. */
export interface LogReader {
  readonly sql: string;
  readonly log: LogTokens;
}

/** A log of which rows are taken, and what runs the statement that takes them. */
interface LogSource {
  readonly segments: readonly SegmentFile[];
  /** A FROM clause of the stored rows of some of them. */
  readonly relation: (segments: readonly SegmentFile[]) => string;
  readonly run: (sql: string) => Promise<DuckDBResultReader>;
}

const names = new RegExp(`\\b(${columns.map(({ name }) => name).join('|')})\\b`, 'g');

function columnsOf(sql: string): ReadonlySet<string> {
  // The text of an address is made of its number, and so is the column that has the others.
  const made = /\bcaller_ip(_other)?\b/.test(sql) ? ['caller_ip', 'caller_ipv4'] : [];
  return new Set([...(sql.match(names) ?? []), ...made, 'time', 'token', 'token_fingerprint']);
}

/** Texts that take as long as the columns that others read: who names one reads the files itself. */
const long = /\buri(_query)?\b/;

/** A reader goes on from a run while rows come in where its end is no further than this from that of the run before. */
const soonMicros = 3_600_000_000n;

/** What the rollups have of the tokens of `suspect_span`. */
const stepsOfSpans = `FROM sas_use u JOIN suspect_span s
  ON s.number = u.token_key AND u.bucket > s.since - INTERVAL '5 minutes' AND u.bucket < s.until`;

/** Bits of a number: readers beyond read the files. */
const readersMax = 64;

/**
 * The rows of the log that rules read of their tokens, in a table: files are decoded once for all rules and, as long as these
 * rows are few, once for all runs. A rule whose rows few others read does so by itself, unless it did in a run soon before; and
 * so does each where the rows are too many.
 */
export class SuspectLog {
  readonly #connection: DuckDBConnection;
  readonly #batches = new SuspectBatches();
  /** Those of the run, each with its bit. */
  #readers = new Map<LogTokens, bigint>();
  /** Of statements that have read from it. */
  readonly #bits = new Map<string, bigint>();
  /** Of the table; none while there is no table. */
  #columns: readonly string[] = [];
  #rows = 0n;
  /** Readers of each token, as the rows have them. */
  readonly #marked = new Map<bigint, bigint>();
  /** When the last run of each statement ended, UTC microseconds. */
  readonly #before = new Map<string, bigint>();

  /** @param connection has `sas_use`. */
  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async create(): Promise<void> {
    const run = (sql: string) => this.#connection.run(sql);
    await run('CREATE TABLE suspect_span (number UBIGINT, since TIMESTAMP, until TIMESTAMP, readers UBIGINT)');
    await run('CREATE TABLE suspect_part (batch UINTEGER, number UBIGINT)');
  }

  /** Takes in what is missing of the rows that are going to be read. @param range no reader reads earlier rows, nor any from its end on. */
  async gather(readers: readonly LogReader[], { since, until }: EventRange, source: LogSource): Promise<void> {
    const near = readers.filter(({ sql, log }) => log.since >= since && !long.test(sql)).slice(0, readersMax);
    // Posture rules, which read none, are run between two runs of the others.
    if (near.length === 0) return;
    const taking = await this.#taking(near, until);
    await this.#makeRoom(taking, source.segments, until);
    if (taking.length === 0) return;
    const logs = taking.map(({ sql, log }): ReaderLog => ({ log, bit: this.#bitOf(sql) }));
    const spans = spansOf(logs, until);
    const missing = this.#batches.missing(askedOf(source.segments, spans));
    await this.#show(spans);
    if (await this.#isTooMuch(missing)) return this.#drop();
    const fingerprints = new Set(logs.flatMap(({ log }) => log.fingerprints));
    await this.#mark(spans);
    await this.#take(missing, fingerprints, source);
    this.#readers = new Map(logs.map(({ log, bit }) => [log, bit]));
  }

  /** Those that are to read from the table: who did in a run soon before lacks few rows. */
  async #taking(readers: readonly LogReader[], until: bigint): Promise<readonly LogReader[]> {
    const isAgain = ({ sql }: LogReader) => {
      const before = this.#before.get(sql);
      return before !== undefined && until - before < soonMicros;
    };
    const again = new Set(readers.filter(isAgain));
    for (const { sql } of readers) this.#before.set(sql, until);
    if (again.size === readers.length || readers.length === 1) return [...again];
    const logs = readers.map(({ log }): ReaderLog => ({ log, bit: 0n }));
    await this.#show(spansOf(logs, until));
    const counts = await this.#connection.runAndReadAll(
      `SELECT s.number, sum(u.n)::BIGINT ${stepsOfSpans} GROUP BY ALL`,
    );
    const rows = new Map(counts.getRows().map(([number, n]) => [BigInt(String(number)), BigInt(String(n))]));
    return sharedReaders(readers, again, rows);
  }

  /** Gives up rows of segments that are there no more, and all where the readers need other columns. */
  async #makeRoom(readers: readonly LogReader[], segments: readonly SegmentFile[], until: bigint): Promise<void> {
    this.#readers = new Map();
    const asked = [...new Set(readers.flatMap(({ sql }) => [...columnsOf(sql)]))];
    const isFull = readers.filter(({ sql }) => !this.#bits.has(sql)).length + this.#bits.size > readersMax;
    if (isFull || asked.some((name) => !this.#columns.includes(name))) {
      const all = isFull ? asked : [...new Set([...this.#columns, ...asked])];
      await this.#drop();
      await this.#connection.run(
        `CREATE TABLE suspect_log AS SELECT ${all.join(', ')}, NULL::UBIGINT AS readers, NULL::UINTEGER AS batch FROM ${logRelation('', [])}`,
      );
      this.#columns = all;
    }
    const gone = this.#batches.drop(segments, until);
    if (gone.length === 0) return;
    this.#rows -= numberIn(
      await this.#connection.runAndReadAll(`DELETE FROM suspect_log WHERE batch IN (${gone.join(', ')})`),
    );
  }

  #bitOf(sql: string): bigint {
    const bit = this.#bits.get(sql) ?? 1n << BigInt(this.#bits.size);
    this.#bits.set(sql, bit);
    return bit;
  }

  async #show(spans: ReadonlyMap<bigint, Span>): Promise<void> {
    await this.#connection.run('DELETE FROM suspect_span');
    const moment = (micros: bigint) => new DuckDBTimestampValue(micros);
    const rows = [...spans].map(
      ([number, span]) => [number, moment(span.since), moment(span.until), span.readers] as const,
    );
    await appendRows(this.#connection, 'suspect_span', [UBIGINT, TIMESTAMP, TIMESTAMP, UBIGINT], rows);
  }

  async #isTooMuch(missing: readonly Batch[]): Promise<boolean> {
    const most = missing.reduce((sum, { segments }) => segments.reduce((rows, file) => rows + file.rows, sum), 0);
    if (this.#rows + BigInt(most) <= limits.suspectRows) return false;
    const count = await this.#connection.runAndReadAll(`SELECT coalesce(sum(u.n), 0)::BIGINT ${stepsOfSpans}`);
    return numberIn(count) > limits.suspectRows;
  }

  /** Makes the rows of tokens tell who reads them now. */
  async #mark(spans: ReadonlyMap<bigint, Span>): Promise<void> {
    const isChanged = [...spans].some(([number, { readers }]) => (this.#marked.get(number) ?? readers) !== readers);
    for (const [number, { readers }] of spans) this.#marked.set(number, readers);
    if (!isChanged) return;
    await this.#connection.run(`UPDATE suspect_log SET readers = s.readers FROM suspect_span s
      WHERE s.number = coalesce(token, token_fingerprint) AND suspect_log.readers <> s.readers`);
  }

  async #take(missing: readonly Batch[], numbers: ReadonlySet<bigint>, source: LogSource): Promise<void> {
    if (missing.length === 0) return;
    const batches = missing.map((batch) => [this.#batches.add(batch), batch] as const);
    await this.#connection.run('DELETE FROM suspect_part');
    const rows = batches.flatMap(([batch, { tokens }]) => [...tokens].map((number) => [batch, number] as const));
    await appendRows(this.#connection, 'suspect_part', [UINTEGER, UBIGINT], rows);
    const parts = batches.map(([batch, { segments, tokens }]) => {
      const among = {
        tokens: [...tokens].filter((number) => !numbers.has(number)),
        fingerprints: [...tokens].filter((number) => numbers.has(number)),
      };
      const log = `SELECT ${this.#columns.join(', ')} FROM ${source.relation(segments)}`;
      const joined = (column: string) =>
        `JOIN (SELECT number, readers, batch FROM suspect_part JOIN suspect_span USING (number) WHERE batch = ${batch}) s ON s.number = l.${column}`;
      return logOfTokens(among, log, joined, 'l.*, s.readers, s.batch');
    });
    try {
      this.#rows += numberIn(await source.run(`INSERT INTO suspect_log ${parts.join(' UNION ALL ')}`));
    } catch (error) {
      await this.#drop();
      throw error;
    }
  }

  /** Ends a run: its rows stay for the next where they are not too many. Those that another run is going to read stay. */
  async forget(logs: readonly LogTokens[]): Promise<void> {
    if (!logs.some((log) => this.has(log))) return;
    this.#readers = new Map();
    if (this.#rows > limits.suspectRows) await this.#drop();
  }

  async #drop(): Promise<void> {
    this.#readers = new Map();
    this.#columns = [];
    this.#rows = 0n;
    this.#batches.clear();
    this.#bits.clear();
    this.#marked.clear();
    await this.#connection.run('DROP TABLE IF EXISTS suspect_log');
  }

  /** Whether it has the rows of these tokens, with the columns that a statement names. */
  has(log: LogTokens, sql = ''): boolean {
    return this.#readers.has(log) && [...columnsOf(sql)].every((name) => this.#columns.includes(name));
  }

  /**
   * A SELECT of the rows of these tokens, as `log_row`, and of further times of theirs; null in columns that no reader names.
   */
  rowsOf(tokens: LogTokens): string {
    const own = `FROM suspect_log WHERE readers & ${this.#readers.get(tokens)} <> 0`;
    const log = `(FROM ${logRelation('', [])} UNION ALL BY NAME SELECT * EXCLUDE (readers, batch) ${own})`;
    return logViews({ log, rollup: '' }).log_row;
  }
}
