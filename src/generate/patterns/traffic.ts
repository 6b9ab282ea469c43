import { estateAccount, type TokenBook } from '../estate.ts';
import type { LogEvent } from '../log-event.ts';
import { Prng } from '../prng.ts';
import type { Period } from '../timeline.ts';
import { functionLeases, functions } from './functions.ts';
import { patternsOf } from './roles.ts';

/** What an estate's harmless life is made of. */
export interface EstateTraffic {
  readonly rows: number;
  readonly seed: number;
  readonly accounts: number;
  readonly period: Period;
  readonly book: TokenBook;
}

/** The harmless life of an estate in exactly `rows` events; accounts are as different in size as 1 to 1/√n. */
export function benignTraffic({ rows, seed, accounts, period, book }: EstateTraffic): Iterator<LogEvent>[] {
  const weights = Array.from({ length: accounts }, (_, index) => 1 / Math.sqrt(1 + index));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let passed = 0;
  return weights.flatMap((weight, index) => {
    const before = Math.round((rows * passed) / whole);
    passed += weight;
    const own = Math.round((rows * passed) / whole) - before;
    return accountTraffic({ rows: own, seed, accounts, period, book }, index);
  });
}

/** One account's patterns; what they cannot use of their share are function leases. */
function accountTraffic({ rows, seed, accounts, period, book }: EstateTraffic, index: number): Iterator<LogEvent>[] {
  const account = estateAccount(index);
  const own = patternsOf(index, accounts);
  const whole = own.reduce((sum, { weight }) => sum + weight, functions.weight);
  const plans = own.map((pattern) => {
    const prng = new Prng(seed, `${account.name} ${pattern.name}`);
    return pattern.plan({ account, book, prng, period }, Math.floor((rows * pattern.weight) / whole));
  });
  const rest = rows - plans.reduce((sum, plan) => sum + plan.rows, 0);
  const leases = functionLeases(account, new Prng(seed, `${account.name} leases`), rest, period);
  return [...plans.map(({ stream }) => stream), leases];
}
