import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import type { LogTokens } from './log-tokens.ts';
import type { Shown } from './narrow-view.ts';
import { bindMoments } from './parameter.ts';
import type { PastKeys } from './past-keys.ts';
import type { Moments } from './prepared-statements.ts';
import type { EventRange } from './run.ts';
import type { LogReader } from './suspect-log.ts';
import { usedTokens } from './used-tokens.ts';

/** A relation that has the rows of a statement, until it is held again. */
export interface HeldPart {
  readonly relation: string;
  readonly rows: bigint;
}

/** A statement that groups rows of the whole log, and what it is shown of all else. */
export interface PastStatement {
  readonly sql: string;
  readonly shown: Shown;
}

/** A connection with the views that rules read; read only. */
export interface RuleViews {
  readonly connection: DuckDBConnection;
  /** A SELECT of what tokens did that were used since `$from`, on the days judged and the day before. */
  readonly usedTokens: string;
  /** Relations with lives of tokens: few first, then those of all. */
  readonly lives: readonly string[];
  /** Makes sure that the views that a statement reads are up to date. */
  ready(sql: string): Promise<void>;
  /**
   * Runs a statement, with `$since`, `$until` and the other moments, over views that are up to date.
   *
   * @param shown what of them is enough for it; everything, unless told otherwise.
   */
  read(sql: string, moments: Moments & EventRange, shown?: Shown): Promise<DuckDBResultReader>;
  /** Keeps the rows of a statement; null where that would spare nothing, and for one that reads the whole log. */
  hold(sql: string, moments: Moments & EventRange, shown: Shown): Promise<HeldPart | null>;
  /**
   * What of some tokens' rows of the log has to be read for a part that is kept by token and day.
   *
   * @param part its name.
   * @param isOlder these are asked beside others, whose rows it has of this run.
   */
  unread(part: string, log: LogTokens, range: EventRange, isOlder?: boolean): Promise<LogTokens>;
  /** Adds what a statement makes of these to what is kept of the part; null where nothing is. */
  keep(part: string, sql: string, moments: Moments & EventRange, shown: Shown): Promise<HeldPart | null>;
  /** What earlier runs have kept of a part that groups rows of the whole log; null where nothing is kept of any. */
  keptPast(part: string, of: PastStatement, moments: Moments & EventRange): Promise<HeldPart | null>;
  /** Adds to it what it has not of the keys and days that are asked. */
  keepPast(part: string, of: PastStatement, moments: Moments & EventRange, asked: PastKeys): Promise<void>;
  /**
   * Takes other tokens than before.
   *
   * @param sql of their `token_hash`, `account`, `lone` as `usedTokens` has it, `met`, a number with bits, and `shown`: whether to show
   * their rows.
   * @returns the bits of all of them.
   */
  take(sql: string, moments: Moments & EventRange): Promise<bigint>;
  /** Reads at once what several statements are going to read of the log, where that spares something. */
  gather(readers: readonly LogReader[], range: EventRange): Promise<void>;
  /** Ends what was gathered for these. */
  forget(logs: readonly LogTokens[]): Promise<void>;
}

/** The number in the first row's first column. */
export function numberIn(result: DuckDBResultReader): bigint {
  const [[value] = []] = result.getRows();
  return typeof value === 'bigint' ? value : 0n;
}

/** Views that are what they are, shown whole. */
export function plainViews(connection: DuckDBConnection): RuleViews {
  const read = (sql: string, moments: Moments) => connection.runAndReadAll(bindMoments(sql, moments));
  return {
    connection,
    usedTokens: usedTokens({ use: 'sas_use', life: 'token_life' }),
    lives: ['token_life'],
    read,
    ready: async () => {},
    hold: async () => null,
    unread: async (_, log) => log,
    keep: async () => null,
    keptPast: async () => null,
    keepPast: async () => {},
    gather: async () => {},
    forget: async () => {},
    take: async (sql, moments) => numberIn(await read(`SELECT coalesce(bit_or(met), 0) FROM (${sql})`, moments)),
  };
}
