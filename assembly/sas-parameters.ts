// The SAS of a query as Azure and its SDKs spell them: known names in lower case, values with escapes of ordinary characters
// only. It is read as parseSas of src/core/sas.ts reads it, or left to that.
import {
  SAS_KIND_ACCOUNT, SAS_KIND_SERVICE, SAS_KIND_USER_DELEGATION, SAS_SE, SAS_SI, SAS_SKE, SAS_SKOID, SAS_SKT, SAS_SP, SAS_SR,
  SAS_SRT, SAS_ST, SAS_SV, SAS_TN, SAS_VALUES_AT,
} from './layout';
import { digit } from './number';
import { firstBytes, indexIn, placeOf, SIG } from './sas-name';
import { clearSet, hasValue, NO_TIME, putValue } from './sas-set';
import { hexDigit, isAscii } from './text';
import { DASHED, minuteMicros } from './time';

/** Longest query that is read here. */
const QUERY_BYTES_MAX: usize = 4096;
const PERMISSIONS_MAX: usize = 32;

/** Where the value read last ended in the query, and its text in memory; 0 if it is left to the host. */
let next: usize = 0;
let written: usize = 0;
/** Its time, and whether it surely is that, or none. */
let time: i64 = NO_TIME;

/** The ordinary character that the escape at `p` stands for, 0 for any other. */
function unescaped(p: usize): u32 {
  const high = hexDigit(load<u8>(p, 1));
  const low = hexDigit(load<u8>(p, 2));
  const c = (high << 4) | low;
  // What redaction looks at is left to it.
  if ((high | low) > 15 || c < 0x20 || c > 0x7e || c == 37 || c == 38 || c == 61 || c == 92) return 0;
  return c;
}

/** Writes the value at `p`, up to its `&`, to `d`, decoded; false to leave it to the host. */
function readValue(p: usize, d: usize): bool {
  for (;;) {
    const v = v128.load(p);
    v128.store(d, v);
    const stops = <u32>i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(v, i8x16.splat(38)), i8x16.eq(v, i8x16.splat(37))),
        v128.or(i8x16.eq(v, i8x16.splat(61)), i8x16.eq(v, i8x16.splat(92))),
      ),
    );
    if (stops == 0) {
      p += 16;
      d += 16;
      continue;
    }
    p += ctz(stops);
    d += ctz(stops);
    if (load<u8>(p) == 38) break;
    const c = load<u8>(p) == 37 ? unescaped(p) : 0;
    if (c == 0) return false;
    store<u8>(d++, c);
    p += 3;
  }
  next = p;
  written = d;
  return true;
}

/** The first minute of the day whose date the text begins with. */
// @ts-ignore: decorator
@inline
function firstMinute(text: v128): v128 {
  const isDate = i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0);
  return v128.bitselect(text, i8x16(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 84, 48, 48, 58, 48, 48), isDate);
}

/** Sets `time` to `ss`, decimals or none, and `Z` after a minute; false for another form. */
function readSeconds(p: usize, end: usize, minute: i64): bool {
  const tens = digit(p);
  const ones = digit(p + 1);
  if (tens > 5 || ones > 9) return false;
  let micros = minute + <i64>(tens * 10 + ones) * 1_000_000;
  let q = p + 2;
  const point = q;
  if (load<u8>(q) == 46) {
    let unit: i64 = 100_000;
    for (q++; digit(q) < 10; q++) {
      micros += <i64>digit(q) * unit;
      unit /= 10;
    }
  }
  if (q + 1 != end || load<u8>(q) != 90) return false;
  const decimals = q - point - 1;
  if (q == point || decimals - 1 < 9) time = micros;
  return true;
}

/** Sets `time` to that of a value; false for a form that is left to the host. */
function readTime(p: usize, end: usize): bool {
  time = NO_TIME;
  const n = end - p;
  if (n == 0) return true;
  const text = v128.load(p);
  const minute = minuteMicros(n == 10 ? firstMinute(text) : text, DASHED);
  if (minute < 100_000_000) return false;
  if (n == 10 || (n == 17 && load<u8>(p, 16) == 90)) {
    time = minute;
    return true;
  }
  return n >= 20 && load<u8>(p, 16) == 58 && readSeconds(p + 17, end, minute);
}

/** Puts a value into the set; false to leave it to the host. */
function takeValue(place: u32, p: usize, end: usize): bool {
  time = NO_TIME;
  switch (place) {
    case SAS_ST:
    case SAS_SE:
    case SAS_SKT:
    case SAS_SKE:
      if (!readTime(p, end)) return false;
      break;
    case SAS_SP:
      if (end - p > PERMISSIONS_MAX || !isAscii(p, end - p)) return false;
      break;
    default:
  }
  putValue(place, p, end - p, time);
  return true;
}

function kindOf(signed: bool): i32 {
  const grant = hasValue(SAS_SP) || hasValue(SAS_SI);
  if (!signed && !(hasValue(SAS_SV) && grant)) return 0;
  if (hasValue(SAS_SKOID)) return 1 + SAS_KIND_USER_DELEGATION;
  if (hasValue(SAS_SRT)) return 1 + SAS_KIND_ACCOUNT;
  return grant || hasValue(SAS_SR) || hasValue(SAS_TN) ? 1 + SAS_KIND_SERVICE : 0;
}

/**
 * Reads what of a query may belong to a SAS, an `&` behind each parameter, into the set.
 *
 * @returns 1 + its kind, 0 if there is none, -1 to leave it to the host.
 */
export function readParameters(p: usize, end: usize): i32 {
  if (end - p > QUERY_BYTES_MAX) return -1;
  let signed = false;
  let d = SAS_VALUES_AT;
  clearSet();
  while (p < end) {
    const word = load<u64>(p);
    const n = indexIn(word, 61);
    const place = n - 1 < 7 ? placeOf(firstBytes(word, n)) : -1;
    if (place < 0 || !readValue(p + n + 1, d)) return -1;
    if (place == SIG) signed = true;
    else if (!hasValue(place) && !takeValue(place, d, written)) return -1;
    d = written;
    p = next + 1;
  }
  return kindOf(signed);
}
