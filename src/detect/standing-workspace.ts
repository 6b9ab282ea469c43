import type { DuckDBConnection } from '@duckdb/node-api';
import { DuckDBInstance } from '../core/duckdb.ts';
import type { SegmentFile } from '../store/commit.ts';
import { entityViews } from '../store/entity-views.ts';
import { emptyManifest, type Manifest, readManifest } from '../store/manifest.ts';
import { allRows, logViews, rollupRelation, ruleMacros, sasPaths, sasRelation } from '../store/views.ts';
import { type FeedRow, showFeeds } from './feed-files.ts';
import { timestampLiteral } from './parameter.ts';
import { type EventRange, fromWholeDay } from './run.ts';
import { TokenLives } from './token-lives.ts';
import { daysBackMicros, stepsBackMicros } from './workspace.ts';

const dayMicros = 86_400_000_000n;
/** What a rule reads of the log lies within so many days before the range it judges. */
const logBackMicros = 45n * dayMicros;
/** Rows come so much too late at most without everything being read again. */
const lateMicros = 2n * dayMicros;

const byDay = ['token_day', 'family_day', 'account_day', 'key_day'] as const;

function touching(segments: readonly SegmentFile[], since: bigint, until: bigint): SegmentFile[] {
  return segments.filter(({ minTime, maxTime }) => maxTime >= since && minTime < until);
}

/**
 * The views that rules read, kept from one run to the next: a run reads the rollups of the days it judges, not of the lake.
 *
 * Days are made anew from the rollups of that day only where rows came for them; tokens add up rollup by rollup. Holds the
 * same as `keepEntities` makes of the whole lake, which is its slow twin; rows delivered twice count twice here until their
 * day is touched after compaction.
 */
export class StandingWorkspace {
  readonly #dataDir: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #lives: TokenLives;
  readonly #sasLoaded = new Set<string>();
  /** From when on days are kept; null before the first run. */
  #daysSince: bigint | null = null;
  #stepsSince = 0n;

  private constructor(dataDir: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#dataDir = dataDir;
    this.#instance = instance;
    this.#connection = connection;
    this.#lives = new TokenLives(connection, dataDir);
  }

  static async open(dataDir: string, feeds: readonly FeedRow[] = []): Promise<StandingWorkspace> {
    const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false' });
    const connection = await instance.connect();
    for (const macro of ruleMacros) await connection.run(macro);
    await connection.run(`CREATE TABLE saved_sas AS FROM ${sasRelation(dataDir, [])}`);
    await connection.run('CREATE VIEW sas AS FROM saved_sas');
    await connection.run(`CREATE VIEW feed AS ${entityViews.feed}`);
    await showFeeds(connection, feeds);
    return new StandingWorkspace(dataDir, instance, connection);
  }

  /** Notes what was committed, so that rows are not missed that compaction moves before the next run. */
  note(segments: readonly SegmentFile[]): void {
    this.#lives.note(segments);
  }

  /**
   * Takes in what came since the last run.
   *
   * @param range what is going to be judged; rows may have come for any of its days, and for no others.
   * @returns a connection with the views; read only.
   */
  async refresh(range: EventRange): Promise<DuckDBConnection> {
    const manifest = (await readManifest(this.#dataDir)) ?? emptyManifest;
    await this.#loadSas(manifest);
    const { since, until } = fromWholeDay(range);
    const daysSince = since - daysBackMicros;
    const stepsSince = since - stepsBackMicros;
    const isFirst = this.#daysSince === null || daysSince < this.#daysSince;
    const isBehind = stepsSince < this.#stepsSince;
    const from = isFirst ? daysSince - lateMicros : isBehind ? stepsSince : since;
    await this.#remake(manifest, { since: from, until }, isFirst);
    if (isFirst) this.#daysSince = from;
    if (isFirst || isBehind) this.#stepsSince = from;
    await this.#forget({ days: daysSince - lateMicros, steps: stepsSince - lateMicros });
    await this.#lives.add(manifest, daysSince - lateMicros);
    const log = touching(manifest.segments, since - logBackMicros, until);
    for (const [name, sql] of Object.entries(logViews(allRows(this.#dataDir, { segments: log }))))
      await this.#view(name, sql);
    for (const name of [...byDay, 'sas_use', 'token_life']) await this.#view(name, `FROM kept_${name}`);
    return this.#connection;
  }

  async #loadSas(manifest: Manifest): Promise<void> {
    const fresh = sasPaths(manifest).filter((path) => !this.#sasLoaded.has(path));
    if (fresh.length === 0) return;
    await this.#connection.run(
      `INSERT INTO saved_sas SELECT DISTINCT ON (sas_id) * FROM ${sasRelation(this.#dataDir, fresh)} f
       WHERE NOT EXISTS (FROM saved_sas s WHERE s.sas_id = f.sas_id)`,
    );
    for (const path of fresh) this.#sasLoaded.add(path);
  }

  /** Makes days and steps of a stretch of whole days anew from its rollups. */
  async #remake({ segments }: Manifest, { since, until }: EventRange, isFirst: boolean): Promise<void> {
    const end = until - (until % dayMicros) + dayMicros;
    const inside = (name: string) => `${name} >= ${timestampLiteral(since)} AND ${name} < ${timestampLiteral(end)}`;
    const rollup = rollupRelation(this.#dataDir, touching(segments, since, end));
    await this.#view('rollup', `SELECT * FROM ${rollup} WHERE ${inside('bucket')}`);
    await this.#view('sas_use', entityViews.sas_use);
    await this.#connection.run('CREATE OR REPLACE TEMP TABLE fresh_sas_use AS FROM sas_use');
    await this.#view('sas_use', 'FROM fresh_sas_use');
    for (const name of byDay) {
      await this.#keep(name, entityViews[name], isFirst ? null : inside('day'));
    }
    await this.#keep('sas_use', 'FROM fresh_sas_use', isFirst ? null : inside('bucket'));
    await this.#connection.run('DROP TABLE fresh_sas_use');
  }

  async #keep(name: string, sql: string, inside: string | null): Promise<void> {
    if (inside === null) {
      await this.#connection.run(`CREATE OR REPLACE TABLE kept_${name} AS ${sql}`);
      return;
    }
    await this.#connection.run(`DELETE FROM kept_${name} WHERE ${inside}`);
    await this.#connection.run(`INSERT INTO kept_${name} BY NAME ${sql}`);
  }

  /** Drops what is too old for rules to look at. */
  async #forget({ days, steps }: { readonly days: bigint; readonly steps: bigint }): Promise<void> {
    if (steps > this.#stepsSince) {
      await this.#connection.run(`DELETE FROM kept_sas_use WHERE bucket < ${timestampLiteral(steps)}`);
      this.#stepsSince = steps;
    }
    if (this.#daysSince === null || days <= this.#daysSince) return;
    for (const name of byDay)
      await this.#connection.run(`DELETE FROM kept_${name} WHERE day < ${timestampLiteral(days)}`);
    this.#daysSince = days;
  }

  async #view(name: string, sql: string): Promise<void> {
    await this.#connection.run(`CREATE OR REPLACE VIEW ${name} AS ${sql}`);
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}
