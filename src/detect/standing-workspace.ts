import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import { DuckDBInstance } from '../core/duckdb.ts';
import { limits } from '../core/limits.ts';
import type { SegmentFile } from '../store/commit.ts';
import { entityViews } from '../store/entity-views.ts';
import { emptyManifest, readManifest } from '../store/manifest.ts';
import { spillFolder } from '../store/spill-folder.ts';
import { ruleSetup } from '../store/views.ts';
import { Aside } from './aside.ts';
import { type FeedRow, showFeeds } from './feed-files.ts';
import { HeldParts } from './held-parts.ts';
import { KeptEntities } from './kept-entities.ts';
import { KeptPast, logBackMicros } from './kept-past.ts';
import { attachLasting, showLasting } from './lasting-tables.ts';
import type { LogTokens } from './log-tokens.ts';
import { MetTokens } from './met-tokens.ts';
import { reading, type Shown, shownAll, under } from './narrow-view.ts';
import { bindMoments } from './parameter.ts';
import type { PastKeys } from './past-keys.ts';
import { type Moments, PreparedStatements } from './prepared-statements.ts';
import type { HeldPart, PastStatement, RuleViews } from './rule-views.ts';
import { type EventRange, fromWholeDay } from './run.ts';
import { touching } from './segment-days.ts';
import { isOverLog, StandingLog } from './standing-log.ts';
import { withPartFrom } from './statement-part.ts';
import type { LogReader } from './suspect-log.ts';
import { UsedLives } from './used-lives.ts';
import { usedLoneTokens, usedTokens } from './used-tokens.ts';

/** A statement over what of the views it is shown. */
function over({ only, granted, held }: Shown, sql: string): string {
  const instead = [
    ...only.map((view) => [view, `met_${view}`] as const),
    ...granted.map((view) => [view, `granted_${view}`] as const),
  ];
  return held.reduce((text, { part, relation }) => withPartFrom(text, part, relation), reading(sql, new Map(instead)));
}

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
  readonly usedTokens =
    `${usedTokens({ use: 'busy_sas_use', life: 'kept_token_life' })} UNION ALL ${usedLoneTokens('lone_sas_use')}`;
  readonly lives = ['kept_token_life', 'token_life'];
  readonly #entities: KeptEntities;
  readonly #log: StandingLog;
  readonly #prepared: PreparedStatements;
  readonly #met: MetTokens;
  readonly #lives: UsedLives;
  readonly #parts: HeldParts;
  readonly #past: KeptPast;
  readonly #aside: Aside;

  private constructor(
    dataDir: string,
    instance: DuckDBInstance,
    { connection, aside }: Readonly<Record<'connection' | 'aside', DuckDBConnection>>,
  ) {
    this.#dataDir = dataDir;
    this.#instance = instance;
    this.connection = connection;
    this.#entities = new KeptEntities(dataDir, connection);
    this.#prepared = new PreparedStatements(connection);
    this.#met = new MetTokens(connection, this.#prepared);
    this.#lives = new UsedLives(connection, this.#prepared);
    this.#log = new StandingLog(dataDir, connection);
    this.#parts = new HeldParts(connection, this.#prepared);
    this.#past = new KeptPast(dataDir, connection);
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
    await connection.run(attachLasting);
    for (const each of [connection, aside]) {
      await each.run(showLasting);
      // A file never changes under its name.
      await each.run('SET parquet_metadata_cache = true');
    }
    const workspace = new StandingWorkspace(dataDir, instance, { connection, aside });
    await workspace.#create(feeds);
    return workspace;
  }

  async #create(feeds: readonly FeedRow[]): Promise<void> {
    const run = (sql: string) => this.connection.run(sql);
    // Left to itself, DuckDB puts all tables of a database in memory in order after every 16 MB that changed.
    await run("SET checkpoint_threshold = '256MB'");
    for (const statement of ruleSetup) await run(statement);
    await this.#entities.create();
    await run(`CREATE VIEW feed AS ${entityViews.feed}`);
    await showFeeds(this.connection, feeds);
    await this.#met.create();
    await this.#lives.create();
    await this.#log.create();
    await this.#past.create();
  }

  async useAllCores(): Promise<void> {
    await this.connection.run('RESET threads');
  }

  /** Notes what was committed, so that rows are not missed that compaction moves before the next run. */
  note(segments: readonly SegmentFile[]): void {
    this.#entities.note(segments);
  }

  /**
   * Takes in what came since the last run.
   *
   * @param range what is going to be judged; rows may have come for any of its days.
   * @param anew make its days from the rollups as they are now, where they are not those that have been read.
   */
  async refresh(range: EventRange, anew = false): Promise<void> {
    const manifest = (await readManifest(this.#dataDir)) ?? emptyManifest;
    await this.#past.note(await this.#entities.refresh(manifest, range, anew));
    this.#lives.change();
    this.#met.change();
    const { since, until } = fromWholeDay(range);
    this.#log.segments = touching(manifest.segments, { since: since - logBackMicros, until });
  }

  /** The same, letting somebody else in before each statement and while one reads the log. */
  letting(other: () => Promise<void>): RuleViews {
    return {
      connection: this.connection,
      usedTokens: this.usedTokens,
      lives: this.lives,
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
      unread: (part, log, range, isOlder) => this.unread(part, log, range, isOlder),
      keep: async (part, sql, moments, shown) => {
        await other();
        return this.keep(part, sql, moments, shown, other);
      },
      keptPast: (part, of, moments) => this.keptPast(part, of, moments),
      keepPast: async (part, of, moments, asked) => {
        await other();
        return this.keepPast(part, of, moments, asked, other);
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
    await this.#lives.fillFor(statement, moments, this.#log.segments);
    if (!isOverLog(statement)) return this.#prepared.read(statement, moments);
    return this.#run(await this.#log.under(statement, moments, shown), meanwhile);
  }

  /** What is done meanwhile may read the log too, so it must find its own connection free. */
  #run(sql: string, meanwhile?: () => Promise<void>): Promise<DuckDBResultReader> {
    return meanwhile === undefined ? this.connection.runAndReadAll(sql) : this.#aside.run(sql, meanwhile);
  }

  async ready(sql: string): Promise<void> {
    await this.#freshen(sql);
    if (isOverLog(sql)) await this.#log.show();
  }

  async #freshen(sql: string): Promise<void> {
    const unfilled = this.#met.unfilled(sql);
    await this.#entities.freshen([sql, ...unfilled].join(' '));
    for (const view of unfilled) await this.#met.fill(view);
  }

  take(sql: string, moments: Moments & EventRange): Promise<bigint> {
    return this.#met.take(sql, moments);
  }

  forget(logs: readonly LogTokens[]): Promise<void> {
    return this.#log.forget(logs);
  }

  gather(readers: readonly LogReader[], range: EventRange, meanwhile?: () => Promise<void>): Promise<void> {
    return this.#log.gather(readers, range, (sql) => this.#run(sql, meanwhile));
  }

  async hold(
    sql: string,
    moments: Moments & EventRange,
    shown: Shown,
    meanwhile?: () => Promise<void>,
  ): Promise<HeldPart | null> {
    const statement = over(shown, sql);
    const readsLog = isOverLog(statement);
    if (readsLog && shown.log === null) return null;
    await this.#freshen(statement);
    if (!readsLog) return this.#parts.hold(statement, moments);
    const whole = await this.#log.under(statement, moments, shown);
    return this.#parts.holdAnew(statement, whole, (insert) => this.#run(insert, meanwhile));
  }

  async unread(part: string, log: LogTokens, range: EventRange, isOlder = false): Promise<LogTokens> {
    await this.#freshen('token_day');
    return this.#past.unread(part, log, { range, isOlder });
  }

  async keep(
    part: string,
    sql: string,
    moments: Moments & EventRange,
    shown: Shown,
    meanwhile?: () => Promise<void>,
  ): Promise<HeldPart | null> {
    const { log } = shown;
    if (log === null) return null;
    const statement = over(shown, sql);
    await this.#freshen(statement);
    const whole = await this.#log.under(statement, moments, shown);
    return this.#past.add(part, whole, { log, until: moments.until }, (insert) => this.#run(insert, meanwhile));
  }

  async keptPast(part: string, of: PastStatement, moments: Moments & EventRange): Promise<HeldPart> {
    return this.#past.ofKeys(part, await this.#overLog(of, moments), moments);
  }

  async keepPast(
    part: string,
    of: PastStatement,
    moments: Moments & EventRange,
    asked: PastKeys,
    meanwhile?: () => Promise<void>,
  ): Promise<void> {
    const over = await this.#overLog(of, moments);
    const { segments } = this.#log;
    await this.#past.addAsked(part, { asked, moments, segments, over }, (insert) => this.#run(insert, meanwhile));
  }

  /** The statement over a SELECT of the log. */
  async #overLog({ sql, shown }: PastStatement, moments: Moments & EventRange): Promise<(log_row: string) => string> {
    const statement = over(shown, sql);
    await this.#freshen(statement);
    return (log_row) => bindMoments(under({ log_row }, statement), moments);
  }

  close(): void {
    this.#aside.close();
    this.connection.closeSync();
    this.#instance.closeSync();
  }
}
