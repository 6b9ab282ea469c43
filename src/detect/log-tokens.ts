import { dayMicros } from '../core/utc-day.ts';
import type { DayOf } from './kept-days.ts';
import { type EventRange, fromWholeDay } from './run.ts';

/** Tokens whose rows of the log are all that a statement reads of it. */
export interface LogTokens {
  /** Numbers of tokens in the column `token`. */
  readonly tokens: readonly bigint[];
  /** Numbers of those without, in `token_fingerprint`. */
  readonly fingerprints: readonly bigint[];
  /** No earlier rows are read, UTC microseconds. */
  readonly since: bigint;
  /** The days whose rows are read, of each token; null for all. */
  readonly days: readonly TokenDay[] | null;
}

/** A token's number, and a day since 1970. */
export type TokenDay = DayOf<bigint>;

/** Whether a rule's `needs.rows` tells a time for each `day` of the part that names its tokens. */
export function namesDay(rows: string): boolean {
  return /\bday\b/.test(rows.replaceAll(/'[^']*'/g, ''));
}

/**
 * A SELECT list over the part of a statement that names the tokens: number, whether that is a fingerprint, a time before which
 * no row is read, and a day whose rows are, which is null where all days are.
 *
 * @param rows `needs.rows` of a rule. Where it tells a time before each `day`, rows of other days are of use only to a day
 * that is judged too: over more than one, each token is read of its own.
 * @param isDaily name the days in any case.
 */
export function logSelect(rows: string, range: EventRange, isDaily = false): string {
  const { since, until } = fromWholeDay(range);
  const isByDay = isDaily || (namesDay(rows) && until - since > dayMicros);
  const time = `epoch_us((${rows})::TIMESTAMP)`;
  const days = `unnest(range(${time} // ${dayMicros}, epoch_us(day::TIMESTAMP) // ${dayMicros} + 1))::INTEGER`;
  return `SELECT DISTINCT token_key, starts_with(token_hash::VARCHAR, '00000000-0000-0000-'), ${time}, ${isByDay ? days : 'NULL'}`;
}

/** @param rows as `logSelect` asks for them. @returns null for no token. */
export function logTokens(rows: readonly (readonly unknown[])[]): LogTokens | null {
  const numbers = { true: new Set<bigint>(), false: new Set<bigint>() };
  const days: TokenDay[] = [];
  let since: bigint | null = null;
  for (const [number, isFingerprint, time, day] of rows) {
    if (typeof number !== 'bigint' || typeof time !== 'bigint') continue;
    numbers[isFingerprint === true ? 'true' : 'false'].add(number);
    if (typeof day === 'number') days.push([number, day]);
    if (since === null || time < since) since = time;
  }
  if (since === null) return null;
  const [tokens, fingerprints] = [[...numbers.false], [...numbers.true]];
  return { tokens, fingerprints, since, days: days.length > 0 ? days : null };
}

/**
 * The same tokens and days, those days together of which the same tokens are asked: what a file has of tokens that are asked of
 * another day need not be decoded.
 */
export function alikeDays(log: LogTokens): LogTokens[] {
  if (log.days === null || log.days.length === 0) return [log];
  const numbersOf = new Map<number, bigint[]>();
  for (const [number, day] of log.days) numbersOf.set(day, [...(numbersOf.get(day) ?? []), number]);
  const alike = new Map<string, TokenDay[]>();
  for (const [day, numbers] of numbersOf) {
    const key = numbers.sort().join();
    alike.set(key, [...(alike.get(key) ?? []), ...numbers.map((number): TokenDay => [number, day])]);
  }
  return [...alike.values()].map((days) => {
    const asked = new Set(days.map(([number]) => number));
    const among = (numbers: readonly bigint[]) => numbers.filter((number) => asked.has(number));
    return { ...log, tokens: among(log.tokens), fingerprints: among(log.fingerprints), days };
  });
}
