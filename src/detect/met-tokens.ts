import type { DuckDBConnection } from '@duckdb/node-api';
import { dayMicros } from '../core/utc-day.ts';
import { type NarrowView, narrowColumns, narrowViews } from './narrow-view.ts';
import { bindMoments, textLiteral } from './parameter.ts';
import type { Moments, PreparedStatements } from './prepared-statements.ts';
import { numberIn } from './rule-views.ts';
import type { EventRange } from './run.ts';
import { comparedMax } from './token-log.ts';
import { daysBackMicros, stepsBackMicros } from './workspace.ts';

const timeIn = { sas_use: 'bucket', token_day: 'day' } as const;

const whole = (view: NarrowView) => `SELECT ${narrowColumns[view]} FROM ${view}`;

/** Within so long, tokens that are used all the time do something that a rule asks for, and most rows are theirs. */
const longMicros = 7n * dayMicros;

/**
 * The tokens that may have something to find, and their rows of the views, as `met_…`: most tokens do so little that no rule asks
 * for them, so that forty rules over small tables cost less than one over all. Where many days are judged, they are shown the views
 * as they are, since the copies would be as large.
 */
export class MetTokens {
  readonly #connection: DuckDBConnection;
  readonly #prepared: PreparedStatements;
  /** Those that have the rows of other tokens still; filled when a rule reads them. */
  readonly #stale = new Set<NarrowView>();
  #range: Moments = {};
  /** Those to be shown that have one row; null where rows came since they were taken, and a token of one may have others. */
  #lone: readonly string[] | null = null;
  #isLong = false;
  /** What each is: a table, which is planned sooner than a view of it, or a view that has all rows. */
  readonly #kinds = new Map<NarrowView, 'TABLE' | 'VIEW'>();

  /** @param connection has the views. */
  constructor(connection: DuckDBConnection, prepared: PreparedStatements) {
    this.#connection = connection;
    this.#prepared = prepared;
  }

  async create(): Promise<void> {
    await this.#connection.run(
      'CREATE TABLE met_token (token_hash UUID, account VARCHAR, lone BOOLEAN, met UHUGEINT, shown BOOLEAN)',
    );
    for (const view of narrowViews) await this.#make(view, 'TABLE');
  }

  /** As `take` of `RuleViews`. */
  async take(sql: string, moments: Moments & EventRange): Promise<bigint> {
    const { since, until } = moments;
    await this.#prepared.read('DELETE FROM met_token');
    await this.#prepared.read(`INSERT INTO met_token ${sql}`, moments);
    this.#isLong = until - since > longMicros;
    this.#range = { sas_use: since - stepsBackMicros, token_day: since - daysBackMicros, until };
    this.#stale.add('sas_use').add('token_day');
    const met = await this.#prepared.read(
      `SELECT coalesce(bit_or(met), 0), string_agg(token_hash, ' ') FILTER (lone AND shown) FROM met_token`,
    );
    const [[, lone] = []] = met.getRows();
    this.#lone = typeof lone === 'string' ? lone.split(' ').map(textLiteral) : [];
    return numberIn(met);
  }

  /** Notes that rows may be others now. */
  change(): void {
    this.#lone = null;
  }

  /** Those that a statement reads and that are not filled yet. */
  unfilled(sql: string): readonly NarrowView[] {
    return [...this.#stale].filter((view) => new RegExp(`\\bmet_${view}\\b`).test(sql));
  }

  async fill(view: NarrowView): Promise<void> {
    this.#stale.delete(view);
    await this.#make(view, this.#isLong ? 'VIEW' : 'TABLE');
    if (this.#isLong) return;
    await this.#prepared.read(`DELETE FROM met_${view}`);
    const rowsOf = (
      relation: string,
      condition: string,
    ) => `INSERT INTO met_${view} SELECT ${narrowColumns[view]} FROM ${relation} t ${condition}
        AND t.${timeIn[view]} >= $${view}::TIMESTAMP AND t.${timeIn[view]} < $until::TIMESTAMP`;
    const isShown = 'SEMI JOIN (FROM met_token WHERE shown) m ON m.token_hash = t.token_hash WHERE true';
    const lone = this.#lone;
    const isFew = lone !== null && lone.length <= comparedMax;
    await this.#prepared.read(rowsOf(isFew ? `busy_${view}` : view, isShown), this.#range);
    if (isFew && lone.length > 0)
      await this.#connection.run(
        bindMoments(rowsOf(`lone_${view}`, `WHERE t.token_hash IN (${lone.join(', ')})`), this.#range),
      );
  }

  async #make(view: NarrowView, kind: 'TABLE' | 'VIEW'): Promise<void> {
    const before = this.#kinds.get(view);
    if (before === kind) return;
    if (before !== undefined) await this.#connection.run(`DROP ${before} met_${view}`);
    await this.#connection.run(`CREATE ${kind} met_${view} AS ${whole(view)} ${kind === 'TABLE' ? 'LIMIT 0' : ''}`);
    this.#kinds.set(view, kind);
  }
}
