import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import { DuckDBInstance } from '../core/duckdb.ts';
import { limits } from '../core/limits.ts';
import type { SegmentFile } from '../store/commit.ts';
import { entityViews, mergedParts } from '../store/entity-views.ts';
import { emptyManifest, type Manifest, readManifest } from '../store/manifest.ts';
import { spillFolder } from '../store/spill-folder.ts';
import {
  allRows,
  logViews,
  rollupRelation,
  ruleMacros,
  type StoredRows,
  sasPaths,
  sasRelation,
} from '../store/views.ts';
import { Aside } from './aside.ts';
import { type FeedRow, showFeeds } from './feed-files.ts';
import { FreshSegments } from './fresh-segments.ts';
import { HeldParts } from './held-parts.ts';
import { type DayOf, KeptDays } from './kept-days.ts';
import { KeptUse } from './kept-use.ts';
import type { LogTokens, TokenDay } from './log-tokens.ts';
import { MetTokens } from './met-tokens.ts';
import { reading, type Shown, shownAll, under } from './narrow-view.ts';
import { bindMoments, timestampLiteral } from './parameter.ts';
import { PastAsked } from './past-keys.ts';
import { type Moments, PreparedStatements } from './prepared-statements.ts';
import type { HeldPart, PastStatement, RuleViews } from './rule-views.ts';
import { type EventRange, fromWholeDay } from './run.ts';
import { withPartFrom } from './statement-part.ts';
import { type LogReader, SuspectLog } from './suspect-log.ts';
import { TokenLives } from './token-lives.ts';
import { TokenLog } from './token-log.ts';
import { accountStepsBackMicros, daysBackMicros, stepsBackMicros } from './workspace.ts';

const dayMicros = 86_400_000_000n;
/** What a rule reads of the log lies within so many days before the range it judges. */
const logBackMicros = 45n * dayMicros;
/** Rows come so much too late at most without everything being read again. */
const lateMicros = 2n * dayMicros;

/** The views that are made anew from run to run. */
const logViewsIn = /\b(log_row|storage_log|rollup)\b/g;

/** What adds up is kept in parts, one for each time that rows came; each with the column of its time. */
const inParts = { account_day: 'day', account_step: 'bucket', key_day: 'day' } as const;
const parts = ['account_day', 'account_step', 'key_day'] as const;

function touching(segments: readonly SegmentFile[], { since, until }: EventRange): SegmentFile[] {
  return segments.filter(({ minTime, maxTime }) => maxTime >= since && minTime < until);
}

const within = (name: string, { since, until }: EventRange) =>
  `${name} >= ${timestampLiteral(since)} AND ${name} < ${timestampLiteral(until)}`;
const before = (name: string, micros: bigint) => `${name} < ${timestampLiteral(micros)}`;

/** What is kept of days: as far back as rules look, and not of those judged. */
function boundsOf(range: EventRange): Readonly<Record<'oldest' | 'judged', number>> {
  const { since } = fromWholeDay(range);
  return { oldest: dayOf(since - logBackMicros), judged: dayOf(since) };
}

function ofDays(segments: readonly SegmentFile[], days: readonly DayOf<bigint | string>[]): SegmentFile[] {
  const asked = [...new Set(days.map(([, day]) => day))];
  return segments.filter(({ minTime, maxTime }) => asked.some((day) => dayOf(minTime) <= day && day <= dayOf(maxTime)));
}

/** A statement over what of the views it is shown. */
function over({ only, held }: Shown, sql: string): string {
  const narrow = reading(sql, new Map(only.map((view) => [view, `met_${view}`] as const)));
  return held.reduce((text, { part, relation }) => withPartFrom(text, part, relation), narrow);
}

/** Days since 1970. */
const dayOf = (micros: bigint) => Number(micros / dayMicros);

/** To the end of the day. */
const toWholeDay = (micros: bigint) => micros + ((dayMicros - (micros % dayMicros)) % dayMicros);

/**
 * The views that rules read, kept from one run to the next: a run reads the rollups that came since, not those of the lake.
 *
 * Holds the same as `keepEntities` makes of the whole lake, which is its slow twin; rows delivered twice count twice here
 * until their days are asked for anew after compaction. Its tables keep their names and columns, so that statements over
 * them are parsed once.
 */
export class StandingWorkspace implements RuleViews {
  readonly #dataDir: string;
  readonly #instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  readonly #use: KeptUse;
  readonly #lives: TokenLives;
  readonly #fresh = new FreshSegments();
  readonly #sasLoaded = new Set<string>();
  /** From when on days and five minutes are kept. */
  #kept = { days: 0n, steps: 0n };
  /** Segments with the rows that rules may read. */
  #segments: readonly SegmentFile[] = [];
  /** Whether the views of the log show them. */
  #isLogShown = false;
  readonly #prepared: PreparedStatements;
  readonly #met: MetTokens;
  readonly #tokenLog: TokenLog;
  readonly #suspects: SuspectLog;
  readonly #parts: HeldParts;
  readonly #days: KeptDays;
  readonly #pastAsked: PastAsked;
  readonly #aside: Aside;

  private constructor(
    dataDir: string,
    instance: DuckDBInstance,
    { connection, aside }: Readonly<Record<'connection' | 'aside', DuckDBConnection>>,
  ) {
    this.#dataDir = dataDir;
    this.#instance = instance;
    this.connection = connection;
    this.#use = new KeptUse(connection);
    this.#lives = new TokenLives(connection);
    this.#prepared = new PreparedStatements(connection);
    this.#met = new MetTokens(connection, this.#prepared);
    this.#tokenLog = new TokenLog(connection);
    this.#suspects = new SuspectLog(connection);
    this.#parts = new HeldParts(connection, this.#prepared);
    this.#days = new KeptDays(connection);
    this.#pastAsked = new PastAsked(connection);
    this.#aside = new Aside(aside);
  }

  static async open(dataDir: string, feeds: readonly FeedRow[] = []): Promise<StandingWorkspace> {
    // One thread: rules leave a core to those who read, and small tables are not worth more.
    const instance = await DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      threads: '1',
      memory_limit: limits.detectionMemory,
      temp_directory: spillFolder(dataDir),
    });
    const [connection, aside] = [await instance.connect(), await instance.connect()];
    // A file never changes under its name.
    for (const each of [connection, aside]) await each.run('SET parquet_metadata_cache = true');
    const workspace = new StandingWorkspace(dataDir, instance, { connection, aside });
    await workspace.#create(feeds);
    return workspace;
  }

  async #create(feeds: readonly FeedRow[]): Promise<void> {
    const run = (sql: string) => this.connection.run(sql);
    // Left to itself, DuckDB puts all tables of a database in memory in order after every 16 MB that changed.
    await run("SET checkpoint_threshold = '256MB'");
    for (const macro of ruleMacros) await run(macro);
    await run(`CREATE TABLE saved_sas AS FROM ${sasRelation(this.#dataDir, [])}`);
    await run('CREATE VIEW sas AS FROM saved_sas');
    await run(`CREATE TEMP VIEW rollup AS SELECT * FROM ${rollupRelation(this.#dataDir, [])}`);
    await this.#use.create();
    await run(`CREATE TABLE kept_token_life AS ${entityViews.token_life}`);
    await run('CREATE VIEW token_life AS FROM kept_token_life');
    for (const name of parts) {
      await run(`CREATE TABLE kept_${name} AS ${entityViews[name]}`);
      await run(`CREATE VIEW ${name} AS ${mergedParts[name]} FROM kept_${name} GROUP BY ALL`);
    }
    await run(`CREATE VIEW feed AS ${entityViews.feed}`);
    await showFeeds(this.connection, feeds);
    await this.#met.create();
    await this.#tokenLog.create();
    await this.#suspects.create();
    await this.#pastAsked.create();
  }

  async useAllCores(): Promise<void> {
    await this.connection.run('RESET threads');
  }

  /** Notes what was committed, so that rows are not missed that compaction moves before the next run. */
  note(segments: readonly SegmentFile[]): void {
    this.#fresh.note(segments);
  }

  /**
   * Takes in what came since the last run.
   *
   * @param range what is going to be judged; rows may have come for any of its days.
   * @param anew make its days from the rollups as they are now, where they are not those that have been read.
   */
  async refresh(range: EventRange, anew = false): Promise<void> {
    const manifest = (await readManifest(this.#dataDir)) ?? emptyManifest;
    await this.#loadSas(manifest);
    const { since, until } = fromWholeDay(range);
    const needed = { days: since - daysBackMicros, steps: since - stepsBackMicros };
    const taken = this.#fresh.take(manifest);
    const fresh = needed.days < this.#kept.days ? null : taken;
    if (fresh === null) {
      await this.#readAll(manifest, needed.days - lateMicros);
      this.#days.change(null);
    } else {
      const again = this.#toReadAgain(manifest, fresh, { since, until, steps: needed.steps, anew });
      if (fresh.length > 0) await this.#readFresh(fresh);
      await this.#noteDays(fresh);
      if (again !== null) await this.#readAgain(manifest, again);
    }
    await this.#forget({ days: needed.days - lateMicros, steps: needed.steps - lateMicros });
    await this.#lives.forget(needed.days - lateMicros);
    this.#segments = touching(manifest.segments, { since: since - logBackMicros, until });
    this.#isLogShown = false;
  }

  /** The same, letting somebody else in before each statement and while one reads the log. */
  letting(other: () => Promise<void>): RuleViews {
    return {
      connection: this.connection,
      ready: (sql) => this.ready(sql),
      take: (sql, moments) => this.take(sql, moments),
      forget: (logs) => this.forget(logs),
      gather: async (readers, range) => {
        await other();
        return this.gather(readers, range, other);
      },
      hold: async (sql, moments, shown) => {
        await other();
        return this.hold(sql, moments, shown, other);
      },
      unread: (part, log, range) => this.unread(part, log, range),
      keep: async (part, sql, moments, shown) => {
        await other();
        return this.keep(part, sql, moments, shown, other);
      },
      keepPast: async (part, sql, moments, of) => {
        await other();
        return this.keepPast(part, sql, moments, of, other);
      },
      read: async (sql, moments, shown) => {
        await other();
        return this.read(sql, moments, shown, other);
      },
    };
  }

  /** @param meanwhile is done while the statement reads the log; so with the others. */
  async read(
    sql: string,
    moments: Moments & EventRange,
    shown: Shown = shownAll,
    meanwhile?: () => Promise<void>,
  ): Promise<DuckDBResultReader> {
    const statement = over(shown, sql);
    await this.#freshen(statement);
    if (statement.search(logViewsIn) < 0) return this.#prepared.read(statement, moments);
    return this.#run(await this.#overLog(statement, moments, shown.log), meanwhile);
  }

  /** What is done meanwhile may read the log too, so it must find its own connection free. */
  #run(sql: string, meanwhile?: () => Promise<void>): Promise<DuckDBResultReader> {
    return meanwhile === undefined ? this.connection.runAndReadAll(sql) : this.#aside.run(sql, meanwhile);
  }

  async #overLog(statement: string, moments: Moments & EventRange, log: LogTokens | null): Promise<string> {
    const names = new Set(statement.match(logViewsIn));
    const views =
      log === null ? logViews(allRows(this.#dataDir, { segments: this.#segments })) : await this.#logOf(log, moments);
    const relations = Object.fromEntries(Object.entries(views).filter(([name]) => names.has(name)));
    return bindMoments(under(relations, statement), moments);
  }

  async #logOf(tokens: LogTokens, { until }: EventRange): Promise<Record<'log_row', string>> {
    const log = this.#suspects.has(tokens)
      ? this.#suspects.rows
      : logViews(this.#rowsOf({ since: tokens.since, until }, tokens.days)).log_row;
    return { log_row: await this.#tokenLog.of(tokens, log) };
  }

  #rowsOf(range: EventRange, days: LogTokens['days'] = null): StoredRows {
    const segments = touching(this.#segments, range);
    return allRows(this.#dataDir, { segments: days === null ? segments : ofDays(segments, days) });
  }

  async ready(sql: string): Promise<void> {
    await this.#freshen(sql);
    if (this.#isLogShown || sql.search(logViewsIn) < 0) return;
    for (const [name, view] of Object.entries(logViews(allRows(this.#dataDir, { segments: this.#segments }))))
      await this.#show(name, view);
    this.#isLogShown = true;
  }

  async #freshen(sql: string): Promise<void> {
    const unfilled = this.#met.unfilled(sql);
    if (/\b(token|family)_day\b/.test(sql) || unfilled.includes('token_day')) await this.#use.days();
    for (const view of unfilled) await this.#met.fill(view);
  }

  take(sql: string, moments: Moments & EventRange): Promise<bigint> {
    return this.#met.take(sql, moments);
  }

  forget(logs: readonly LogTokens[]): Promise<void> {
    return this.#suspects.forget(logs);
  }

  /** What rules read of more than two days is read by each of them. */
  gather(readers: readonly LogReader[], range: EventRange, meanwhile?: () => Promise<void>): Promise<void> {
    const { since, until } = fromWholeDay(range);
    return this.#suspects.gather(
      readers,
      { since: since - stepsBackMicros, until },
      {
        relation: (first) => this.#rowsOf({ since: first, until }).log,
        run: (sql) => this.#run(sql, meanwhile),
      },
    );
  }

  async hold(
    sql: string,
    moments: Moments & EventRange,
    shown: Shown,
    meanwhile?: () => Promise<void>,
  ): Promise<HeldPart | null> {
    const statement = over(shown, sql);
    const isOverLog = statement.search(logViewsIn) >= 0;
    if (isOverLog && shown.log === null) return null;
    await this.#freshen(statement);
    if (!isOverLog) return this.#parts.hold(statement, moments);
    const whole = await this.#overLog(statement, moments, shown.log);
    return this.#parts.holdAnew(statement, whole, (insert) => this.#run(insert, meanwhile));
  }

  async unread(part: string, log: LogTokens, range: EventRange): Promise<LogTokens> {
    const bounds = boundsOf(range);
    const days = await this.#days.unread(part, log.days ?? [], bounds, (some) => this.#used(some));
    const first = days.reduce((min, [, day]) => (day < min ? day : min), bounds.judged);
    return { ...log, since: BigInt(first) * dayMicros, days };
  }

  async keepPast(
    part: string,
    sql: string,
    moments: Moments & EventRange,
    { asked, shown }: PastStatement,
    meanwhile?: () => Promise<void>,
  ): Promise<HeldPart | null> {
    const name = `${part} past`;
    const days = await this.#days.unread(name, asked.days, boundsOf(moments), async (some) => some);
    const statement = over(shown, sql);
    await this.#freshen(statement);
    const { log_row } = logViews(allRows(this.#dataDir, { segments: ofDays(this.#segments, days) }));
    const whole = await this.#pastAsked.of({ ...asked, days }, bindMoments(under({ log_row }, statement), moments));
    return this.#days.add(name, whole, { days, ended: dayOf(moments.until - 1n) }, (insert) =>
      this.#run(insert, meanwhile),
    );
  }

  /** Those of some tokens' days of which the log has rows, as the rollups tell. */
  async #used(days: readonly TokenDay[]): Promise<TokenDay[]> {
    const segments = ofDays(this.#segments, days);
    await this.#showRollup(segments, null);
    const numbers = [...new Set(days.map(([number]) => number))].map((number) => `${number}::UBIGINT`);
    const found = await this.connection.runAndReadAll(
      `SELECT DISTINCT coalesce(token, token_fingerprint), bucket::DATE - DATE '1970-01-01' FROM rollup
       WHERE coalesce(token, token_fingerprint) IN (${numbers.join(', ')})`,
    );
    const used = new Set(found.getRows().map(String));
    return days.filter((tokenDay) => used.has(String(tokenDay)));
  }

  async keep(
    part: string,
    sql: string,
    moments: Moments & EventRange,
    shown: Shown,
    meanwhile?: () => Promise<void>,
  ): Promise<HeldPart | null> {
    const days = shown.log?.days ?? null;
    if (days === null) return null;
    const statement = over(shown, sql);
    await this.#freshen(statement);
    const whole = await this.#overLog(statement, moments, shown.log);
    return this.#days.add(part, whole, { days, ended: dayOf(moments.until - 1n) }, (insert) =>
      this.#run(insert, meanwhile),
    );
  }

  /** Whole days that must be made anew from the lake; null for none. */
  #toReadAgain(
    { segments }: Manifest,
    fresh: readonly SegmentFile[],
    { since, until, steps, anew }: EventRange & { readonly steps: bigint; readonly anew: boolean },
  ): EventRange | null {
    const end = toWholeDay(until);
    const oldest = fresh.reduce((min, { minTime }) => (minTime < min ? minTime : min), since);
    const first = steps < this.#kept.steps ? steps : oldest;
    if (first < this.#kept.steps) return { since: first - (first % dayMicros), until: end };
    const isRead = new Set(fresh);
    const days = { since, until: end };
    return anew && touching(segments, days).some((file) => !isRead.has(file)) ? days : null;
  }

  async #readAll(manifest: Manifest, since: bigint): Promise<void> {
    const newest = manifest.segments.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), since);
    const days = { since, until: newest + 1n };
    this.#kept = { days: since, steps: since };
    for (const name of parts) await this.connection.run(`DELETE FROM kept_${name}`);
    await this.#showRollup(touching(manifest.segments, days), within('bucket', days));
    await this.#use.replace();
    await this.#addParts();
    if (manifest.segments.every(({ minTime }) => minTime >= since)) return this.#lives.replace();
    await this.#showRollup(manifest.segments, null);
    await this.#show('sas_use', entityViews.sas_use);
    await this.#lives.replace();
    await this.connection.run('DROP VIEW temp.sas_use');
  }

  async #readFresh(fresh: readonly SegmentFile[]): Promise<void> {
    await this.#showRollup(fresh, null);
    await this.#use.add();
    await this.#addParts();
    await this.#show('sas_use', this.#use.added);
    await this.#lives.add();
    await this.connection.run('DROP VIEW temp.sas_use');
  }

  /** What is kept of a day is made of the rows it had. */
  async #noteDays(fresh: readonly SegmentFile[]): Promise<void> {
    const { end } = this.#days;
    const late = fresh.filter(({ minTime }) => end !== null && dayOf(minTime) < end);
    if (late.length === 0) return;
    await this.#showRollup(late, null);
    const days = await this.connection.runAndReadAll("SELECT DISTINCT bucket::DATE - DATE '1970-01-01' FROM rollup");
    this.#days.change(days.getRows().map(([day]) => Number(day)));
  }

  async #readAgain({ segments }: Manifest, days: EventRange): Promise<void> {
    await this.#use.drop({ steps: within('bucket', days), days: within('day', days) });
    for (const name of parts)
      await this.connection.run(`DELETE FROM kept_${name} WHERE ${within(inParts[name], days)}`);
    if (days.since < this.#kept.steps) this.#kept.steps = days.since;
    if (days.since < this.#kept.days) this.#kept.days = days.since;
    await this.#take(touching(segments, days), days);
  }

  async #take(segments: readonly SegmentFile[], days: EventRange): Promise<void> {
    await this.#showRollup(segments, within('bucket', days));
    await this.#use.add();
    await this.#addParts();
    await this.#use.days();
  }

  async #addParts(): Promise<void> {
    for (const name of parts) await this.connection.run(`INSERT INTO kept_${name} ${entityViews[name]}`);
  }

  async #showRollup(segments: readonly SegmentFile[], inside: string | null): Promise<void> {
    const rollup = `SELECT * FROM ${rollupRelation(this.#dataDir, segments)}`;
    await this.#show('rollup', inside === null ? rollup : `${rollup} WHERE ${inside}`);
  }

  async #loadSas(manifest: Manifest): Promise<void> {
    const fresh = sasPaths(manifest).filter((path) => !this.#sasLoaded.has(path));
    if (fresh.length === 0) return;
    await this.connection.run(
      `INSERT INTO saved_sas SELECT DISTINCT ON (sas_id) * FROM ${sasRelation(this.#dataDir, fresh)} f
       WHERE NOT EXISTS (FROM saved_sas s WHERE s.sas_id = f.sas_id)`,
    );
    for (const path of fresh) this.#sasLoaded.add(path);
  }

  /** Drops what is too old for rules to look at. */
  async #forget({ days, steps }: { readonly days: bigint; readonly steps: bigint }): Promise<void> {
    if (steps > this.#kept.steps) {
      await this.#use.drop({ steps: before('bucket', steps), days: null });
      this.#kept.steps = steps;
    }
    if (days <= this.#kept.days) return;
    await this.#use.drop({ steps: null, days: before('day', days) });
    const accountSteps = days + daysBackMicros - accountStepsBackMicros;
    await this.connection.run(`DELETE FROM kept_account_step WHERE ${before('bucket', accountSteps)}`);
    for (const name of ['account_day', 'key_day'])
      await this.connection.run(`DELETE FROM kept_${name} WHERE ${before('day', days)}`);
    this.#kept.days = days;
  }

  async #show(name: string, sql: string): Promise<void> {
    await this.connection.run(`CREATE OR REPLACE TEMP VIEW ${name} AS ${sql}`);
  }

  close(): void {
    this.#aside.close();
    this.connection.closeSync();
    this.#instance.closeSync();
  }
}
