import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import type { SegmentFile } from '../store/commit.ts';
import { allRows, logViews, type StoredRows } from '../store/views.ts';
import { alikeDays, type LogTokens } from './log-tokens.ts';
import { type Shown, under } from './narrow-view.ts';
import { bindMoments } from './parameter.ts';
import type { Moments } from './prepared-statements.ts';
import { type EventRange, fromWholeDay } from './run.ts';
import { ofDays, touching } from './segment-days.ts';
import { type LogReader, SuspectLog } from './suspect-log.ts';
import { TokenLog } from './token-log.ts';
import { stepsBackMicros } from './workspace.ts';

/** The views that are made anew from run to run. */
const logViewsIn = /\b(log_row|storage_log|rollup)\b/g;

/** Whether a statement reads one of them. */
export function isOverLog(sql: string): boolean {
  return sql.search(logViewsIn) >= 0;
}

/** Statements over the log of some segments, or of some tokens in it. */
export class StandingLog {
  readonly #dataDir: string;
  readonly #connection: DuckDBConnection;
  readonly #tokenLog: TokenLog;
  readonly #suspects: SuspectLog;
  #segments: readonly SegmentFile[] = [];
  /** Whether the views show them. */
  #isShown = false;

  /** @param connection has `sas_use`. */
  constructor(dataDir: string, connection: DuckDBConnection) {
    this.#dataDir = dataDir;
    this.#connection = connection;
    this.#tokenLog = new TokenLog(connection);
    this.#suspects = new SuspectLog(connection);
  }

  async create(): Promise<void> {
    await this.#tokenLog.create();
    await this.#suspects.create();
  }

  /** Segments with the rows that rules may read. */
  get segments(): readonly SegmentFile[] {
    return this.#segments;
  }

  set segments(segments: readonly SegmentFile[]) {
    this.#segments = segments;
    this.#isShown = false;
  }

  /** Makes the views show them. */
  async show(): Promise<void> {
    if (this.#isShown) return;
    for (const [name, view] of Object.entries(this.#views))
      await this.#connection.run(`CREATE OR REPLACE TEMP VIEW ${name} AS ${view}`);
    this.#isShown = true;
  }

  /** A statement with the relations that it reads. @param shown what of the log is enough for it. */
  async under(
    statement: string,
    moments: Moments & EventRange,
    { log, logSince }: Pick<Shown, 'log' | 'logSince'>,
  ): Promise<string> {
    const names = new Set(statement.match(logViewsIn));
    const views = log === null ? this.#viewsSince(logSince, moments) : await this.#of(log, moments, statement);
    const relations = Object.fromEntries(Object.entries(views).filter(([name]) => names.has(name)));
    return bindMoments(under(relations, statement), moments);
  }

  get #views(): ReturnType<typeof logViews> {
    return logViews(allRows(this.#dataDir, { segments: this.#segments }));
  }

  /** Files that have no row are left out: to look into one that statistics tell to pass over takes its time too. */
  #viewsSince(since: bigint | null, { until }: EventRange): ReturnType<typeof logViews> {
    return since === null ? this.#views : logViews(this.#rowsOf({ since, until }));
  }

  async #of(tokens: LogTokens, { until }: EventRange, sql: string): Promise<Record<'log_row', string>> {
    if (this.#suspects.has(tokens, sql)) {
      const log = this.#suspects.rowsOf(tokens);
      return { log_row: tokens.days === null ? log : await this.#tokenLog.of([{ tokens, log }]) };
    }
    const range = { since: tokens.since, until };
    const parts = alikeDays(tokens).map((part) => ({
      tokens: part,
      log: logViews(this.#rowsOf(range, part.days)).log_row,
    }));
    return { log_row: await this.#tokenLog.of(parts) };
  }

  #rowsOf(range: EventRange, days: LogTokens['days'] = null): StoredRows {
    const segments = touching(this.#segments, range);
    return allRows(this.#dataDir, { segments: days === null ? segments : ofDays(segments, days) });
  }

  /** What rules read of more than two days is read by each of them. @param run runs the statement that reads it. */
  gather(
    readers: readonly LogReader[],
    range: EventRange,
    run: (sql: string) => Promise<DuckDBResultReader>,
  ): Promise<void> {
    const { since, until } = fromWholeDay(range);
    const near = { since: since - stepsBackMicros, until };
    const relation = (segments: readonly SegmentFile[]) => allRows(this.#dataDir, { segments }).log;
    return this.#suspects.gather(readers, near, { segments: touching(this.#segments, near), relation, run });
  }

  /** Ends what was gathered for these. */
  forget(logs: readonly LogTokens[]): Promise<void> {
    return this.#suspects.forget(logs);
  }
}
