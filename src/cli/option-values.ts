import { InvalidArgumentError } from 'commander';
import { AppError } from '../core/errors.ts';
import { type Level, levels } from '../core/finding.ts';
import { parseTimestamp } from '../core/timestamp.ts';

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `30s`, `5m`, `2h`, `7d`; a bare number is seconds. In milliseconds, or null. */
function durationMs(text: string): number | null {
  const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  const factor = unitsMs[unit];
  return digits === undefined || factor === undefined ? null : Math.round(Number(digits) * factor);
}

/** A duration option. @throws InvalidArgumentError, which commander reports with the option's name. */
export function parseDuration(text: string): number {
  const value = durationMs(text);
  if (value === null) throw new InvalidArgumentError('Give a duration as 500ms, 30s, 5m, 2h or 7d.');
  return value;
}

/** A moment that may be told from now on backwards; microseconds since 1970 UTC. */
export type Moment = (now: Date) => bigint;

/** An option as `--since`: ISO 8601 (UTC unless it has an offset), or `-24h` before now. */
export function parseMoment(text: string): Moment {
  const back = text.startsWith('-') ? durationMs(text.slice(1)) : null;
  if (back !== null) return (now) => BigInt(now.getTime() - back) * 1_000n;
  const micros = parseTimestamp(text)?.micros;
  if (micros === undefined) {
    throw new InvalidArgumentError('Give a time as 2023-06-22, 2023-06-22T10:00:00Z or -24h (before now).');
  }
  return () => micros;
}

/** A moment in microseconds since 1970 UTC as ISO 8601 with milliseconds. */
export function isoMillis(us: bigint): string {
  return new Date(Number(us / 1_000n)).toISOString();
}

/** @throws AppError CONFIG_INVALID where nothing lies between `--since` and `--until`, microseconds since 1970 UTC. */
export function requireOrder(since: bigint, until: bigint): void {
  if (since < until) return;
  throw new AppError(
    'CONFIG_INVALID',
    `--since ${isoMillis(since)} is not before --until ${isoMillis(until)}: nothing lies between them.`,
  );
}

/** An option that takes a whole number from `min` on, `max` at most. */
export function parseCount(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      const range = max === Number.MAX_SAFE_INTEGER ? 'on' : `to ${max}`;
      throw new InvalidArgumentError(`Give a whole number from ${min} ${range}.`);
    }
    return value;
  };
}

export function parseLevel(text: string): Level {
  const level = levels.find((known) => known === text);
  if (level === undefined) throw new InvalidArgumentError(`Give one of ${levels.join(', ')}.`);
  return level;
}

/** An option that may be given several times. */
export function collect(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}

/** True if `level` is `least` or more urgent. */
export function isAtLeast(level: Level, least: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(least);
}

/** An option that takes any number. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Give a number.');
  return value;
}

/** An option between 0 and 1. */
export function parseFraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('Give a number from 0 to 1.');
  return value;
}
