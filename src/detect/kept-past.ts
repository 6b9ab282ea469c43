import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import { dayMicros } from '../core/utc-day.ts';
import type { SegmentFile } from '../store/commit.ts';
import { storedRollup } from '../store/rollup-relation.ts';
import { allRows, logViews } from '../store/views.ts';
import { KeptDays } from './kept-days.ts';
import type { LogTokens, TokenDay } from './log-tokens.ts';
import { PastAsked, type PastKeys, pastStretches, stretchConditions } from './past-keys.ts';
import type { HeldPart } from './rule-views.ts';
import { type EventRange, fromWholeDay } from './run.ts';
import { dayOf, touching } from './segment-days.ts';

/** What a rule reads of the log lies within so many days before the range it judges. */
export const logBackMicros = 45n * dayMicros;

/** What is kept of days: as far back as rules look, and not of those judged. */
function boundsOf(range: EventRange): Readonly<Record<'oldest' | 'judged', number>> {
  const { since } = fromWholeDay(range);
  return { oldest: dayOf(since - logBackMicros), judged: dayOf(since) };
}

/** Apart from what is kept of the same rule by token. */
const nameOfKeys = (part: string) => `${part} past`;

/** Runs a statement that takes rows in. */
type Insert = (sql: string) => Promise<DuckDBResultReader>;

/** A statement that groups rows of the whole log by the keys that are asked. */
interface AskedStatement {
  readonly asked: PastKeys;
  readonly moments: EventRange;
  readonly segments: readonly SegmentFile[];
  /** The statement over a SELECT of the log. */
  readonly over: (log: string) => string;
}

/** What is asked of tokens' days. */
interface DaysAsked {
  readonly range: EventRange;
  /** Whether others of this run have been taken in, which are to stay. */
  readonly isOlder: boolean;
}

/** What statements have made of the log of days before: read once, as long as no rows come for these days. */
export class KeptPast {
  readonly #dataDir: string;
  readonly #connection: DuckDBConnection;
  readonly #days: KeptDays;
  readonly #asked: PastAsked;

  /** @param connection has `token_day`. */
  constructor(dataDir: string, connection: DuckDBConnection) {
    this.#dataDir = dataDir;
    this.#connection = connection;
    this.#days = new KeptDays(connection);
    this.#asked = new PastAsked(connection);
  }

  create(): Promise<void> {
    return this.#asked.create();
  }

  /** Notes segments that came; what is kept of a day is made of the rows it had. @param fresh null for any. */
  async note(fresh: readonly SegmentFile[] | null): Promise<void> {
    if (fresh === null) return this.#days.change(null);
    const { end } = this.#days;
    const late = fresh.filter(({ minTime }) => end !== null && dayOf(minTime) < end);
    if (late.length === 0) return;
    const days = await this.#connection.runAndReadAll(
      `SELECT DISTINCT bucket::DATE - DATE '1970-01-01' FROM ${storedRollup(this.#dataDir, late)}`,
    );
    this.#days.change(days.getRows().map(([day]) => Number(day)));
  }

  /** What of some tokens' rows of the log has to be read for a part. */
  async unread(part: string, log: LogTokens, { range, isOlder }: DaysAsked): Promise<LogTokens> {
    const bounds = boundsOf(range);
    if (!isOlder) await this.#days.drop(part, bounds);
    const days = await this.#days.unread(part, log.days ?? [], bounds, (some) => this.#used(some));
    const first = days.reduce((min, [, day]) => (day < min ? day : min), bounds.judged);
    return { ...log, since: BigInt(first) * dayMicros, days };
  }

  /** Those of some tokens' days of which the log has rows. */
  async #used(days: readonly TokenDay[]): Promise<TokenDay[]> {
    const list = (index: 0 | 1, type: string) => [...new Set(days.map((day) => `${day[index]}::${type}`))].join(', ');
    const found = await this.#connection.runAndReadAll(
      `SELECT DISTINCT token_key, day - DATE '1970-01-01' FROM token_day
       WHERE token_key IN (${list(0, 'UBIGINT')}) AND day - DATE '1970-01-01' IN (${list(1, 'BIGINT')})`,
    );
    const used = new Set(found.getRows().map(String));
    return days.filter((tokenDay) => used.has(String(tokenDay)));
  }

  /** Adds the rows of a statement over what `unread` has told. */
  async add(
    part: string,
    sql: string,
    { log, until }: { readonly log: LogTokens; readonly until: bigint },
    insert: Insert,
  ): Promise<HeldPart | null> {
    return log.days === null ? null : this.#days.add(part, sql, { days: log.days, ended: dayOf(until) }, insert);
  }

  /** What is kept of a statement that groups rows of the whole log by keys. @param over the statement over a SELECT of the log. */
  async ofKeys(part: string, over: (log: string) => string, moments: EventRange): Promise<HeldPart> {
    const name = nameOfKeys(part);
    await this.#days.drop(name, boundsOf(moments));
    return this.#days.kept(name, over(this.#rowsOf([])));
  }

  /** Adds to that what is missing of what is asked. */
  async addAsked(part: string, { asked, moments, segments, over }: AskedStatement, insert: Insert): Promise<void> {
    const name = nameOfKeys(part);
    const days = await this.#days.unread(name, asked.days, boundsOf(moments), async (some) => some);
    const left = { ...asked, days };
    const sql = await this.#asked.of(left, over(this.#logOf(left, segments)));
    await this.#days.add(name, sql, { days, ended: dayOf(moments.until) }, insert);
  }

  #rowsOf(segments: readonly SegmentFile[]): string {
    return logViews(allRows(this.#dataDir, { segments })).log_row;
  }

  /** A SELECT of rows of the log that has those asked for. */
  #logOf(asked: PastKeys, segments: readonly SegmentFile[]): string {
    const parts = pastStretches(asked).flatMap((stretch) => {
      const rows = this.#rowsOf(touching(segments, stretch));
      return stretchConditions(asked, stretch).map((condition) => `SELECT * FROM (${rows}) WHERE ${condition}`);
    });
    return parts.length === 0 ? this.#rowsOf([]) : parts.join(' UNION ALL ');
  }
}
