import type { Account, TokenBook } from '../estate.ts';
import type { LogEvent } from '../log-event.ts';
import type { Prng } from '../prng.ts';
import type { Period } from '../timeline.ts';

/** Where a pattern takes place, with a random stream of its own. */
export interface Site {
  readonly account: Account;
  readonly book: TokenBook;
  readonly prng: Prng;
  readonly period: Period;
}

/** A pattern laid out: exactly `rows` events, in time order, within the site's period. */
export interface PatternPlan {
  readonly rows: number;
  readonly stream: Iterator<LogEvent>;
}

/** One harmless habit of a storage account. */
export interface Pattern {
  /** The activity its events are counted under. */
  readonly name: string;
  /** Its share of an account's rows, relative to those of the other patterns of the account. */
  readonly weight: number;
  /** Uses at most `budget` rows; fewer where the shape allows no more, none where it does not fit into the period. */
  plan(site: Site, budget: number): PatternPlan;
}
