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

/** Eight pairs of digits as eight numbers, tens first. */
// @ts-ignore: decorator
@inline
function pairs(digits: v128): v128 {
  return i16x8.add(i16x8.mul(v128.and(digits, i16x8.splat(0xff)), i16x8.splat(10)), i16x8.shr_u(digits, 8));
}

/** Microseconds of the 16 characters `YYYY-MM-DDThh:mm` with the style's separators, the smallest i64 for others. */
export function minuteMicros(text: v128, style: u32): i64 {
  const marks =
    style == SLASHED
      ? i8x16(0, 0, 0, 0, 47, 0, 0, 47, 0, 0, 32, 0, 0, 58, 0, 0)
      : i8x16(0, 0, 0, 0, 45, 0, 0, 45, 0, 0, 84, 0, 0, 58, 0, 0);
  const isMark = i8x16(0, 0, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0);
  // What is no digit, or no mark where one has to be, is over 9.
  const values = i8x16.sub(text, v128.bitselect(marks, i8x16.splat(48), isMark));
  if (v128.any_true(i8x16.gt_u(values, v128.andnot(i8x16.splat(9), isMark)))) return NONE;
  const numbers = pairs(v128.shuffle<u8>(values, values, 0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 4, 4, 4, 4));
  const year = <u32>i16x8.extract_lane_u(numbers, 0) * 100 + i16x8.extract_lane_u(numbers, 1);
  const month = <u32>i16x8.extract_lane_u(numbers, 2);
  const day = <u32>i16x8.extract_lane_u(numbers, 3);
  const hour = <u32>i16x8.extract_lane_u(numbers, 4);
  const minutes = <u32>i16x8.extract_lane_u(numbers, 5);
  if (year < 100 || month - 1 > 11 || day == 0 || day > daysInMonth(year, month)) return NONE;
  if (hour > 23 || minutes > 59) return NONE;
  return ((<i64>days(year, month, day) * 24 + hour) * 60 + minutes) * 60_000_000;
}

/** The last minute of each style: records come in order of time. */
const minuteTexts = memory.data(32, 16);
let dashedMinute: i64 = NONE;
let slashedMinute: i64 = NONE;

function cachedMinute(p: usize, style: u32): i64 {
  const text = minuteTexts + ((<usize>style) << 4);
  const v = v128.load(p);
  if (!v128.any_true(v128.xor(v, v128.load(text)))) return style == SLASHED ? slashedMinute : dashedMinute;
  const value = minuteMicros(v, style);
  if (value == NONE) return value;
  v128.store(text, v);
  if (style == SLASHED) slashedMinute = value;
  else dashedMinute = value;
  return value;
}

/** Decimals of another number than seven. */
function readShortFraction(p: usize): usize {
  const point = p;
  let fraction: u32 = 0;
  for (let d = digit(p); d < 10; d = digit(p)) {
    if (p - point == 7) return 0;
    fraction = fraction * 10 + d;
    p++;
  }
  if (p == point) return 0;
  for (let i = p - point; i < 7; i++) fraction *= 10;
  micros += fraction / 10;
  tick = fraction % 10;
  return p;
}

/** `YYYY-MM-DDThh:mm:ss.fffffff`; nothing behind it is read. */
export function readTime(p: usize, style: u32): usize {
  const base = cachedMinute(p, style);
  // `:ss.fffffff` and one more: seconds and seven decimals in four pairs and a digit.
  const text = v128.load(p, 16);
  const values = i8x16.sub(text, i8x16.splat(48));
  const digits = ~(<u32>i8x16.bitmask(i8x16.gt_u(values, i8x16.splat(9))));
  if (base == NONE || i8x16.extract_lane_u(text, 0) != 58 || (digits & 6) != 6) return 0;
  const numbers = pairs(v128.shuffle<u8>(values, values, 1, 2, 4, 5, 6, 7, 8, 9, 10, 10, 0, 0, 0, 0, 0, 0));
  const seconds = <u32>i16x8.extract_lane_u(numbers, 0);
  if (seconds > 59) return 0;
  micros = base + <i64>seconds * 1_000_000;
  if (i8x16.extract_lane_u(text, 3) != 46) {
    tick = 0;
    return p + 19;
  }
  if ((digits & 0xff0) != 0x7f0) return readShortFraction(p + 20);
  micros += <u32>i16x8.extract_lane_u(numbers, 1) * 10_000 + <u32>i16x8.extract_lane_u(numbers, 2) * 100 + i16x8.extract_lane_u(numbers, 3);
  tick = i8x16.extract_lane_u(values, 10);
  return p + 27;
}

function monthOf(name: u32): u32 {
  switch (name) {
    case 0x6e614a: return 1; // Jan
    case 0x626546: return 2;
    case 0x72614d: return 3;
    case 0x727041: return 4;
    case 0x79614d: return 5;
    case 0x6e754a: return 6;
    case 0x6c754a: return 7;
    case 0x677541: return 8;
    case 0x706553: return 9;
    case 0x74634f: return 10;
    case 0x766f4e: return 11;
    case 0x636544: return 12;
    default: return 0;
  }
}

/** `Tuesday, 19-Jun-14 22:58:10 GMT`; nothing behind it is read. */
export function readMailTime(p: usize): usize {
  const start = p;
  if (<u32>load<u8>(p) - 65 > 25) return 0;
  do p++; while (<u32>load<u8>(p) - 97 < 26);
  if (p - start < 2 || load<u16>(p) != 0x202c) return 0;
  p += 2;
  // `19-Jun-14 22:58:`, the month's name apart.
  const marks = i8x16(0, 0, 45, 0, 0, 0, 45, 0, 0, 32, 0, 0, 58, 0, 0, 58);
  const isMark = i8x16(0, 0, -1, 0, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1);
  const isName = i8x16(0, 0, 0, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const values = v128.andnot(i8x16.sub(v128.load(p), v128.bitselect(marks, i8x16.splat(48), isMark)), isName);
  if (v128.any_true(i8x16.gt_u(values, v128.andnot(i8x16.splat(9), isMark)))) return 0;
  const numbers = pairs(v128.shuffle<u8>(values, values, 0, 1, 7, 8, 10, 11, 13, 14, 2, 2, 2, 2, 2, 2, 2, 2));
  const short = <u32>i16x8.extract_lane_u(numbers, 1);
  const year = short + (short < 70 ? 2000 : 1900);
  const month = monthOf(load<u32>(p, 3) & 0xffffff);
  const day = <u32>i16x8.extract_lane_u(numbers, 0);
  const hour = <u32>i16x8.extract_lane_u(numbers, 2);
  const minutes = <u32>i16x8.extract_lane_u(numbers, 3);
  const tens = digit(p + 16);
  const ones = digit(p + 17);
  if (month == 0 || day == 0 || day > daysInMonth(year, month) || hour > 23 || minutes > 59) return 0;
  if (tens > 5 || ones > 9 || load<u32>(p, 18) != 0x544d4720) return 0;
  const seconds = ((<i64>days(year, month, day) * 24 + hour) * 60 + minutes) * 60 + tens * 10 + ones;
  setTime(seconds * 1_000_000, 0);
  return p + 22;
}
