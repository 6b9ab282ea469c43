import type { DuckDBConnection } from '@duckdb/node-api';
import { dayMicros, startOfDay } from '../core/utc-day.ts';
import type { SegmentFile } from '../store/commit.ts';
import { entityViews, mergedParts } from '../store/entity-views.ts';
import type { Manifest } from '../store/manifest.ts';
import { storedRollup } from '../store/rollup-relation.ts';
import { expiredBackMicros } from './expired-tokens.ts';
import { FreshSegments } from './fresh-segments.ts';
import { KeptSas } from './kept-sas.ts';
import { KeptUse } from './kept-use.ts';
import { timestampLiteral } from './parameter.ts';
import { type EventRange, fromWholeDay } from './run.ts';
import { touching } from './segment-days.ts';
import { TokenLives } from './token-lives.ts';
import { accountStepsBackMicros, daysBackMicros, stepsBackMicros } from './workspace.ts';

/** Rows come so much too late at most without everything being read again. */
const lateMicros = 2n * dayMicros;

/** What adds up is kept in parts, one for each time that rows came; each with the column of its time. */
const inParts = { account_day: 'day', account_step: 'bucket', key_day: 'day', suffix_day: 'day' } as const;
const parts = ['account_day', 'account_step', 'key_day', 'suffix_day'] as const;

const within = (name: string, { since, until }: EventRange) =>
  `${name} >= ${timestampLiteral(since)} AND ${name} < ${timestampLiteral(until)}`;
const before = (name: string, micros: bigint) => `${name} < ${timestampLiteral(micros)}`;

/** To the end of the day. */
const toWholeDay = (micros: bigint) => micros + ((dayMicros - (micros % dayMicros)) % dayMicros);

/** What rollups tell of tokens, families, accounts and keys, in tables under the names of their views. */
export class KeptEntities {
  readonly #dataDir: string;
  readonly #connection: DuckDBConnection;
  readonly #sas: KeptSas;
  readonly #use: KeptUse;
  readonly #lives: TokenLives;
  readonly #fresh = new FreshSegments();
  /** From when on days and five minutes are kept. */
  #kept = { days: 0n, steps: 0n };

  constructor(dataDir: string, connection: DuckDBConnection) {
    this.#dataDir = dataDir;
    this.#connection = connection;
    this.#sas = new KeptSas(dataDir, connection);
    this.#use = new KeptUse(connection);
    this.#lives = new TokenLives(connection);
  }

  async create(): Promise<void> {
    const run = (sql: string) => this.#connection.run(sql);
    await this.#sas.create();
    await run(`CREATE TEMP VIEW rollup AS SELECT * FROM ${storedRollup(this.#dataDir, [])}`);
    await this.#use.create();
    await this.#lives.create();
    for (const name of parts) {
      await run(`CREATE TABLE kept_${name} AS ${entityViews[name]}`);
      await run(`CREATE VIEW ${name} AS ${mergedParts[name]} FROM kept_${name} GROUP BY ALL`);
    }
  }

  /** Notes what was committed, so that rows are not missed that compaction moves before the next run. */
  note(segments: readonly SegmentFile[]): void {
    this.#fresh.note(segments);
  }

  /** Brings up to date what a statement reads and what is left until one does: days, and all that tokens were granted. */
  async freshen(sql: string): Promise<void> {
    if (/\b(token|family)_day\b/.test(sql)) await this.#use.days();
    await this.#sas.loadFor(sql);
  }

  /**
   * Takes in what came since the last run.
   *
   * @param range what is going to be judged; rows may have come for any of its days.
   * @param anew make its days from the rollups as they are now, where they are not those that have been read.
   * @returns the segments that came; null where everything was read again.
   */
  async refresh(manifest: Manifest, range: EventRange, anew: boolean): Promise<readonly SegmentFile[] | null> {
    const { since, until } = fromWholeDay(range);
    const needed = { days: since - daysBackMicros, steps: since - stepsBackMicros };
    const taken = this.#fresh.take(manifest);
    const fresh = needed.days < this.#kept.days ? null : taken;
    await this.#sas.load(manifest, fresh === null);
    if (fresh === null) {
      await this.#readAll(manifest, since - lateMicros);
    } else {
      const again = this.#toReadAgain(manifest, fresh, { since, until, steps: needed.steps, anew });
      if (fresh.length > 0) await this.#readFresh(fresh);
      if (again !== null) await this.#readAgain(manifest, again);
    }
    await this.#forget(since - lateMicros);
    return fresh;
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
    if (first < this.#kept.steps) return { since: startOfDay(first), until: end };
    const isRead = new Set(fresh);
    const days = { since, until: end };
    return anew && touching(segments, days).some((file) => !isRead.has(file)) ? days : null;
  }

  /** @param judged rules judge what comes from then on. */
  async #readAll(manifest: Manifest, judged: bigint): Promise<void> {
    const since = judged - daysBackMicros;
    const newest = manifest.segments.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), since);
    const days = { since, until: newest + 1n };
    this.#kept = { days: since, steps: since };
    for (const name of parts) await this.#connection.run(`DELETE FROM kept_${name}`);
    await this.#showRollup(touching(manifest.segments, days), within('bucket', days));
    await this.#use.replace();
    await this.#addParts();
    if (manifest.segments.every(({ minTime }) => minTime >= since)) await this.#lives.replace();
    else {
      await this.#showRollup(manifest.segments, null);
      await this.#show('sas_use', entityViews.sas_use);
      await this.#lives.replace();
      await this.#connection.run('DROP VIEW temp.sas_use');
    }
    await this.#forgetTokens(judged);
  }

  async #readFresh(fresh: readonly SegmentFile[]): Promise<void> {
    await this.#showRollup(fresh, null);
    await this.#use.add((ids) => this.#sas.recall(ids));
    await this.#addParts();
    await this.#lives.add(this.#use.added);
  }

  async #readAgain({ segments }: Manifest, days: EventRange): Promise<void> {
    const inDays = (column: string) => within(column, days);
    await this.#use.drop({ steps: inDays, days: inDays });
    for (const name of parts)
      await this.#connection.run(`DELETE FROM kept_${name} WHERE ${within(inParts[name], days)}`);
    if (days.since < this.#kept.steps) this.#kept.steps = days.since;
    if (days.since < this.#kept.days) this.#kept.days = days.since;
    await this.#showRollup(touching(segments, days), within('bucket', days));
    await this.#use.add((ids) => this.#sas.recall(ids));
    await this.#addParts();
    // Lives have these rows, but those of tokens that were told of by a row alone.
    await this.#lives.add(`FROM (${this.#use.added}) ANTI JOIN kept_token_life USING (token_hash)`);
    await this.#use.days();
  }

  async #addParts(): Promise<void> {
    for (const name of parts) await this.#connection.run(`INSERT INTO kept_${name} ${entityViews[name]}`);
  }

  async #showRollup(segments: readonly SegmentFile[], inside: string | null): Promise<void> {
    const rollup = `SELECT * FROM ${storedRollup(this.#dataDir, segments)}`;
    await this.#show('rollup', inside === null ? rollup : `${rollup} WHERE ${inside}`);
  }

  /** Drops what is too old for rules that judge what comes from a moment on, UTC microseconds. */
  async #forget(judged: bigint): Promise<void> {
    const [days, steps] = [judged - daysBackMicros, judged - stepsBackMicros];
    if (days > this.#kept.days) await this.#forgetTokens(judged);
    if (steps > this.#kept.steps) {
      if (await this.#use.take(before('bucket', steps))) await this.#lives.add(this.#use.added);
      // Days that nobody has asked for yet are made of them.
      await this.#use.days();
      await this.#use.drop({ steps: (column) => before(column, steps), days: null });
      this.#kept.steps = steps;
    }
    if (days <= this.#kept.days) return;
    await this.#use.drop({ steps: null, days: (column) => before(column, days) });
    const accountSteps = days + daysBackMicros - accountStepsBackMicros;
    await this.#connection.run(`DELETE FROM kept_account_step WHERE ${before('bucket', accountSteps)}`);
    for (const name of ['account_day', 'key_day', 'suffix_day'])
      await this.#connection.run(`DELETE FROM kept_${name} WHERE ${before('day', days)}`);
    this.#kept.days = days;
  }

  async #forgetTokens(judged: bigint): Promise<void> {
    await this.#lives.forget({ all: judged - daysBackMicros, brief: judged - expiredBackMicros });
    await this.#sas.forget(judged - expiredBackMicros);
    await this.#use.forget(judged - expiredBackMicros);
  }

  async #show(name: string, sql: string): Promise<void> {
    await this.#connection.run(`CREATE OR REPLACE TEMP VIEW ${name} AS ${sql}`);
  }
}
