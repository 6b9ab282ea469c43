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
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return null;
  const seconds = ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  return BigInt(seconds) * 1_000_000n;
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Of the Gregorian calendar, in arithmetic only: a `Date` costs more than all the rest of reading a time. */
function daysSince1970(year: number, month: number, day: number): number {
  // Years that begin in March have the leap day last.
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + dayOfYear - 719_468;
}

/** The two digits at `at` as a number; more than any part of a time can be where they are none. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 1e6;
}

/** `YYYY-MM-DDThh:mm:ssZ`, as every SAS spells its times, without the cost of a pattern; null for anything else. */
function plainMicros(text: string): bigint | null {
  if (text.length !== 20 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return null;
  if (text[13] !== ':' || text[16] !== ':' || text[19] !== 'Z') return null;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  if (year > 9_999) return null;
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)];
  return micros(year, month, day, twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17));
}

/**
 * Reads `YYYY-MM-DD`, with `Thh:mm`, `:ss`, up to nine decimals (those after the seventh are dropped) and `Z` or an
 * offset; without one it is UTC. `/` may stand for `-` and a space for `T`. Null for anything else.
 */
export function parseTimestamp(text: string): Timestamp | null {
  const plain = plainMicros(text);
  if (plain !== null) return { micros: plain, tick: 0 };
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
