// Times with seven decimals or fewer. A parser that is not sure returns 0 for the position.
import { digit } from './number';

/** What the last `readTime` read. */
export let micros: i64 = 0;
export let tick: u32 = 0;

export function setTime(time: i64, hundreds: u32): void {
  micros = time;
  tick = hundreds;
}

/** Separators of a date and before the time of day: `2022-03-11T` and `2022/03/11 `. */
export const DASHED: u32 = 0;
export const SLASHED: u32 = 1;

const NONE: i64 = i64.MIN_VALUE;

// @ts-ignore: decorator
@inline
function two(p: usize): u32 {
  const high = digit(p);
  const low = digit(p + 1);
  return high > 9 || low > 9 ? 255 : high * 10 + low;
}

function daysInMonth(year: u32, month: u32): u32 {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days since 1970-01-01 of a Gregorian date, years counted from March. */
function days(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

/** Microseconds of `YYYY-MM-DDThh:mm` with the style's separators. */
function minute(p: usize, style: u32): i64 {
  const dateMark: u32 = style == SLASHED ? 47 : 45;
  const timeMark: u32 = style == SLASHED ? 32 : 84;
  const century = two(p);
  const year = two(p + 2);
  const month = two(p + 5);
  const day = two(p + 8);
  const hour = two(p + 11);
  const minutes = two(p + 14);
  if (century == 255 || year == 255) return NONE;
  if (load<u8>(p + 4) != dateMark || load<u8>(p + 7) != dateMark) return NONE;
  if (load<u8>(p + 10) != timeMark || load<u8>(p + 13) != 58) return NONE;
  const y = century * 100 + year;
  if (y < 100 || month - 1 > 11 || day == 0 || day > daysInMonth(y, month)) return NONE;
  if (hour > 23 || minutes > 59) return NONE;
  return ((<i64>days(y, month, day) * 24 + hour) * 60 + minutes) * 60_000_000;
}

/** The last minute of each style: records come in order of time. */
const minuteTexts = memory.data(32, 16);
let dashedMinute: i64 = NONE;
let slashedMinute: i64 = NONE;

function cachedMinute(p: usize, style: u32): i64 {
  const text = minuteTexts + ((<usize>style) << 4);
  const v = v128.load(p);
  if (!v128.any_true(v128.xor(v, v128.load(text)))) return style == SLASHED ? slashedMinute : dashedMinute;
  const value = minute(p, style);
  if (value == NONE) return value;
  v128.store(text, v);
  if (style == SLASHED) slashedMinute = value;
  else dashedMinute = value;
  return value;
}

/** `YYYY-MM-DDThh:mm:ss.fffffff`; nothing behind it is read. */
export function readTime(p: usize, style: u32): usize {
  const base = cachedMinute(p, style);
  if (base == NONE || load<u8>(p + 16) != 58) return 0;
  const seconds = two(p + 17);
  if (seconds > 59) return 0;
  p += 19;
  let fraction: u32 = 0;
  if (load<u8>(p) == 46) {
    const point = ++p;
    for (let d = digit(p); d < 10; d = digit(p)) {
      if (p - point == 7) return 0;
      fraction = fraction * 10 + d;
      p++;
    }
    const n = p - point;
    if (n == 0) return 0;
    for (let i = n; i < 7; i++) fraction *= 10;
  }
  micros = base + <i64>seconds * 1_000_000 + fraction / 10;
  tick = fraction % 10;
  return p;
}
