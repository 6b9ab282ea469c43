import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import { limits } from '../core/limits.ts';
import { type HeldPart, numberIn } from './rule-views.ts';

/** What rows of the log are asked by: a token's number, or a text. */
type Key = bigint | string;

/** A key and a day since 1970. */
export type DayOf<K extends Key> = readonly [key: K, day: number];

/** Rows of a part by key and day, and whose they are. */
interface KeptPart {
  /** Null until there was a row to keep. */
  relation: string | null;
  rows: bigint;
  /** Keys of whose rows none is missing, by day. */
  readonly known: Map<number, Set<Key>>;
  /** Days whose rows have to go. */
  readonly stale: Set<number>;
}

/** Days since 1970: those before `oldest` are given up, those from `judged` on are read every time. */
type DayBounds = Readonly<Record<'oldest' | 'judged', number>>;

function know({ known }: KeptPart, days: readonly DayOf<Key>[]): void {
  for (const [key, day] of days) known.set(day, (known.get(day) ?? new Set()).add(key));
}

/**
 * What parts of statements make of the log, each key and day by itself: kept from one run to the next, so that a run reads of
 * the past only what none before it has read.
 */
export class KeptDays {
  readonly #connection: DuckDBConnection;
  readonly #parts = new Map<string, KeptPart>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Gives up what a run is not to go on from: days that are judged, or too old, or that rows came for. @param name of the part. */
  async drop(name: string, { oldest, judged }: DayBounds): Promise<void> {
    const part = this.#part(name);
    const isTooMuch = part.rows > limits.keptDayRows;
    const isOut = (day: number) => isTooMuch || part.stale.has(day) || day < oldest || day >= judged;
    const out = [...new Set([...part.known.keys(), ...part.stale])].filter(isOut);
    if (out.length > 0 && part.relation !== null) {
      const inDays = `day::DATE - DATE '1970-01-01' IN (${out.join(', ')})`;
      part.rows -= numberIn(await this.#connection.runAndReadAll(`DELETE FROM ${part.relation} WHERE ${inDays}`));
    }
    for (const day of out) part.known.delete(day);
    part.stale.clear();
  }

  /**
   * Those of some keys' days whose rows have to be read.
   *
   * @param name of the part.
   * @param used finds out which of some keys' days have rows at all.
   */
  async unread<K extends Key>(
    name: string,
    days: readonly DayOf<K>[],
    { judged }: DayBounds,
    used: (days: readonly DayOf<K>[]) => Promise<readonly DayOf<K>[]>,
  ): Promise<DayOf<K>[]> {
    const part = this.#part(name);
    const unknown = days.filter(([key, day]) => part.known.get(day)?.has(key) !== true);
    const now = unknown.filter(([, day]) => day >= judged);
    const before = unknown.filter(([, day]) => day < judged);
    if (before.length === 0) return now;
    const present = await used(before);
    const isPresent = new Set(present.map(String));
    know(
      part,
      before.filter((dayOf) => !isPresent.has(String(dayOf))),
    );
    return [...present, ...now];
  }

  #part(name: string): KeptPart {
    const part = this.#parts.get(name) ?? { relation: null, rows: 0n, known: new Map(), stale: new Set() };
    this.#parts.set(name, part);
    return part;
  }

  /**
   * Takes in the rows of days that `unread` has told.
   *
   * @param sql a SELECT of them, with their `day`.
   * @param ended days before have no further rows, but for those that are told to have changed.
   * @param run runs the statement that takes them in.
   * @returns all rows that it has of the part.
   */
  async add(
    name: string,
    sql: string,
    { days, ended }: { readonly days: readonly DayOf<Key>[]; readonly ended: number },
    run: (sql: string) => Promise<DuckDBResultReader>,
  ): Promise<HeldPart | null> {
    const part = this.#parts.get(name);
    if (part === undefined) return null;
    const { relation } = await this.kept(name, sql);
    part.rows += numberIn(await run(`INSERT INTO ${relation} ${sql}`));
    know(part, days);
    for (const [, day] of days) if (day >= ended) part.stale.add(day);
    return { relation, rows: part.rows };
  }

  /** All rows that it has of a part. @param sql a SELECT of such rows. */
  async kept(name: string, sql: string): Promise<HeldPart> {
    const part = this.#part(name);
    const relation = part.relation ?? (await this.#create(sql));
    part.relation = relation;
    return { relation, rows: part.rows };
  }

  async #create(sql: string): Promise<string> {
    const relation = `kept_part_${[...this.#parts.values()].filter(({ relation }) => relation !== null).length}`;
    await this.#connection.run(`CREATE TABLE ${relation} AS FROM (${sql}) LIMIT 0`);
    return relation;
  }

  /** The first day after those of which rows are kept; null for none. */
  get end(): number | null {
    const days = [...this.#parts.values()].flatMap(({ known }) => [...known.keys()]);
    return days.length === 0 ? null : Math.max(...days) + 1;
  }

  /** Notes that rows came for these days; for any, where null. */
  change(days: readonly number[] | null): void {
    for (const { known, stale } of this.#parts.values()) for (const day of days ?? known.keys()) stale.add(day);
  }
}
