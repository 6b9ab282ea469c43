// JSON structure: white space, and values of fields nobody knows.
import { suspect } from './redaction';
import { sawEscape, sawHigh, stringEnd, validUtf8 } from './text';

/** Deeper values are left to the host, which knows the real limit. */
const DEPTH_MAX: u32 = 40;

/** A line feed ends a record of JSON lines; inside an array it is white space. */
let lineFeed: u32 = 32;

export function setLineFeedIsSpace(yes: bool): void {
  lineFeed = yes ? 10 : 32;
}

function spaces(p: usize): usize {
  for (;;) {
    const c = <u32>load<u8>(p);
    if (c != 32 && c != 9 && c != 13 && c != lineFeed) return p;
    p++;
  }
  return p;
}

/** The first byte from `p` on that is no white space. */
// @ts-ignore: decorator
@inline
export function skipSpaces(p: usize): usize {
  return load<u8>(p) > 32 ? p : spaces(p);
}

// @ts-ignore: decorator
@inline
export function isNull(p: usize): bool {
  return load<u32>(p) == 0x6c6c756e;
}

/** Whether the value `skipValue` passed over is valid, clean and spelled as `JSON.stringify` would write it. */
export let canonical: bool = false;

/** Digits without sign, leading zero or exponent, 15 at most; decimals without a final zero and not too small. */
function skipNumber(p: usize): usize {
  const start = p;
  let point: usize = 0;
  for (;;) {
    const c = <u32>load<u8>(p);
    if (c == 46 && !point) point = p;
    else if (c - 48 > 9) break;
    p++;
  }
  const c = <u32>load<u8>(p);
  if (p > start && p - start <= 15 && c != 43 && c != 45 && c != 46 && (c | 0x20) != 101) {
    const whole = (point ? point : p) - start;
    if (whole == 0 || (whole > 1 && load<u8>(start) == 48)) canonical = false;
    if (point && (p - point > 6 || load<u8>(p - 1) == 48 || p == point + 1)) canonical = false;
    return p;
  }
  canonical = false;
  for (;;) {
    const d = <u32>load<u8>(p);
    if (d - 48 > 9 && d != 43 && d != 45 && d != 46 && (d | 0x20) != 101) break;
    p++;
  }
  return p == start ? 0 : p;
}

/** The position behind the closing bracket; what is between is left to the host to check. */
function skipMembers(p: usize): usize {
  let depth: u32 = 0;
  for (;;) {
    const c = <u32>load<u8>(p);
    if (c == 34) {
      p = stringEnd(p + 1);
      if (!p) return 0;
    } else if (c == 123 || c == 91) {
      if (++depth > DEPTH_MAX) return 0;
    } else if (c == 125 || c == 93) {
      if (--depth == 0) return p + 1;
    } else if (c < 32 && c != 9 && c != 13 && c != lineFeed) {
      return 0;
    }
    p++;
  }
  return 0;
}

/** The position behind the value at `p`, 0 to bail. Only where `canonical` has it been checked in full. */
export function skipValue(p: usize): usize {
  const c = <u32>load<u8>(p);
  canonical = true;
  if (c == 34) {
    const end = stringEnd(p + 1);
    if (!end) return 0;
    const n = end - p - 1;
    canonical = !sawEscape && !(sawHigh && !validUtf8(p + 1, n)) && !suspect(p + 1, n);
    return end + 1;
  }
  if (c == 123 || c == 91) {
    canonical = false;
    return skipMembers(p);
  }
  if (isNull(p) || load<u32>(p) == 0x65757274) return p + 4;
  if (c == 102 && load<u32>(p + 1) == 0x65736c61) return p + 5;
  return skipNumber(p);
}
