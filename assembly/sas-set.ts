// A set of SAS parameters between being read and being stored, and what it is known by: src/core/sas.ts. The host fills it
// for the queries and records it reads.
//
//   set   16 B a parameter   address u32, 0 where it is absent | length u32 | time i64; in the order of their names
import { SAS_LINES_AT, SAS_PARAMETER_COUNT, SAS_SET_AT, SAS_SP } from './layout';
import { nameAt } from './sas-name';
import { contentId } from './sha256';
import { copy } from './text';

/** The time of a value that is none. */
export const NO_TIME: i64 = i64.MIN_VALUE;

// @ts-ignore: decorator
@inline
function entry(place: u32): usize {
  return SAS_SET_AT + ((<usize>place) << 4);
}

export function clearSet(): void {
  memory.fill(SAS_SET_AT, 0, (<usize>SAS_PARAMETER_COUNT) << 4);
}

/** The parameter's value is the `n` bytes at `at`, decoded; `time` in microseconds since 1970 where it is one. */
export function putValue(place: u32, at: usize, n: usize, time: i64): void {
  store<u32>(entry(place), <u32>at);
  store<u32>(entry(place), <u32>n, 4);
  store<i64>(entry(place), time, 8);
}

/** Address of a parameter's value, 0 if the set has none. */
export function textOf(place: u32): usize {
  return load<u32>(entry(place));
}

export function lengthOf(place: u32): usize {
  return load<u32>(entry(place), 4);
}

export function timeOf(place: u32): i64 {
  return load<i64>(entry(place), 8);
}

export function hasValue(place: u32): bool {
  return load<u32>(entry(place)) != 0;
}

/** Writes the last digits of a number to [d, end). */
function writeDigits(d: usize, end: usize, value: u32): void {
  for (; end > d; value /= 10) store<u8>(--end, 48 + (value % 10));
}

/** Decimal microseconds of a time that is at least 100 s after 1970; returns their end. */
function writeMicros(d: usize, time: i64): usize {
  const high = <u32>(<u64>time / 100_000_000);
  const low = <u32>(<u64>time - <u64>high * 100_000_000);
  let end = d;
  for (let rest = high; rest; rest /= 10) end++;
  writeDigits(d, end, high);
  writeDigits(end, end + 8, low);
  return end + 8;
}

/** Puts the bytes of [p, end) in order; there are few. */
function sort(p: usize, end: usize): void {
  for (let next = p + 1; next < end; next++) {
    const c = load<u8>(next);
    let q = next;
    for (; q > p && load<u8>(q - 1) > c; q--) store<u8>(q, load<u8>(q - 1));
    store<u8>(q, c);
  }
}

/** Writes `name=value` lines; `alike` as all log formats would spell the values. Returns their end. */
function writeLines(d: usize, alike: bool): usize {
  for (let place: u32 = 0; place < SAS_PARAMETER_COUNT; place++) {
    if (!hasValue(place)) continue;
    const name = nameAt(place);
    store<u64>(d, name);
    d += 8 - (<usize>clz(name) >> 3);
    store<u8>(d++, 61);
    const time = timeOf(place);
    if (alike && time != NO_TIME) {
      d = writeMicros(d, time);
    } else {
      const n = lengthOf(place);
      copy(textOf(place), d, n);
      if (alike && place == SAS_SP) sort(d, d + n);
      d += n;
    }
    store<u8>(d++, 10);
  }
  return d;
}

/** `sas_id` of the set. */
export function idOfSet(): u64 {
  return contentId(SAS_LINES_AT, writeLines(SAS_LINES_AT, false) - SAS_LINES_AT);
}

/** `token_fingerprint` of the set in an account, whose name is ASCII. */
export function fingerprintOfSet(account: usize, n: usize): u64 {
  let d = SAS_LINES_AT;
  for (let p = account; p < account + n; p++) {
    const c = <u32>load<u8>(p);
    store<u8>(d++, c - 65 < 26 ? c | 0x20 : c);
  }
  store<u8>(d++, 10);
  return contentId(SAS_LINES_AT, writeLines(d, true) - SAS_LINES_AT);
}
