/** A moment at the 100 ns resolution storage writes: microseconds since 1970 UTC, and the seventh decimal. */
export interface Timestamp {
  readonly micros: bigint;
  readonly tick: number;
}

const isoForm =
  /^(\d{4})[-/](\d\d)[-/](\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d))?)?$/;

/** Microseconds of a calendar date and time, null if there is no such day or hour. */
function micros(year: number, month: number, day: number, hour: number, minute: number, second: number): bigint | null {
  if (hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return BigInt(date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000) * 1000n;
}

/**
 * Reads `YYYY-MM-DD`, with `Thh:mm`, `:ss`, up to nine decimals (those after the seventh are dropped) and `Z` or an
 * offset; without one it is UTC. `/` may stand for `-` and a space for `T`. Null for anything else.
 */
export function parseTimestamp(text: string): Timestamp | null {
  const match = isoForm.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = 0, minute = 0, second = 0, decimals = '', sign, offsetHours, offsetMinutes] = match;
  const base = micros(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
  if (base === null) return null;
  const ticks = Number(decimals.slice(0, 7).padEnd(7, '0'));
  const offset = sign === undefined ? 0n : BigInt(Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000_000n;
  const local = base + BigInt(Math.floor(ticks / 10));
  return { micros: sign === '-' ? local + offset : local - offset, tick: ticks % 10 };
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const usForm = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d):(\d\d) ([AP])M$/;
const mailForm = /^[A-Z][a-z]+, (\d\d)[- ]([A-Z][a-z]{2})[- ](\d{2}|\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;

function parseUsDate(text: string): bigint | null {
  const match = usForm.exec(text);
  if (match === null) return null;
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  if (hour < 1 || hour > 12) return null;
  return micros(year, month, day, (hour % 12) + (match[7] === 'P' ? 12 : 0), minute, second);
}

function parseMailDate(text: string): bigint | null {
  const match = mailForm.exec(text);
  if (match === null) return null;
  const [, day, name = '', year = '', hour, minute, second] = match;
  const century = year.length === 4 ? 0 : Number(year) < 70 ? 2000 : 1900;
  const month = months.indexOf(name.toLowerCase()) + 1;
  if (month === 0) return null;
  return micros(century + Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
}

/**
 * Reads a Last-Modified in any form the logs are known to hold: `2024/07/03 16:59:35.0118188`, ISO 8601,
 * `7/5/2022 12:32:21 PM` (month first), `Tuesday, 19-Jun-14 22:58:10 GMT` and `Tue, 19 Jun 2014 22:58:10 GMT`.
 */
export function parseLastModified(text: string): Timestamp | null {
  const iso = parseTimestamp(text);
  if (iso !== null) return iso;
  const other = parseUsDate(text) ?? parseMailDate(text);
  return other === null ? null : { micros: other, tick: 0 };
}
