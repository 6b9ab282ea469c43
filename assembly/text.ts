// JSON strings as bytes: finding their end, validating, unescaping, comparing, hashing. Every pointer may be read
// SLACK_BYTES past its end.

/** What the last `stringEnd` met before the closing quote. */
export let sawEscape: bool = false;
export let sawHigh: bool = false;
/** Where the last `unescape` ended writing. */
export let written: usize = 0;
/** The text the last `readString` read. */
export let textAt: usize = 0;
export let textLength: usize = 0;

export let seed: u64 = 0;

/** Texts and values are hashed with a seed, so that nobody can choose ones that collide. */
export function setSeed(value: u64): void {
  seed = value;
}

/** Bytes that end a plain run: quote, backslash, control characters. */
// @ts-ignore: decorator
@inline
function special(v: v128): u32 {
  return <u32>i8x16.bitmask(
    v128.or(v128.or(i8x16.eq(v, i8x16.splat(34)), i8x16.eq(v, i8x16.splat(92))), i8x16.le_u(v, i8x16.splat(31))),
  );
}

/** Position of the quote that closes the string whose content begins at `p`; 0 at a control character. */
export function stringEnd(p: usize): usize {
  let high: u32 = 0;
  sawEscape = false;
  for (;;) {
    const v = v128.load(p);
    const stop = special(v);
    const h = <u32>i8x16.bitmask(v);
    if (stop == 0) {
      high |= h;
      p += 16;
      continue;
    }
    const at = ctz(stop);
    high |= h & ((1 << at) - 1);
    p += at;
    const c = load<u8>(p);
    if (c == 34) {
      sawHigh = high != 0;
      return p;
    }
    if (c != 92 || load<u8>(p + 1) < 32) return 0;
    if (load<u8>(p + 1) >= 128) high = 1;
    sawEscape = true;
    p += 2;
  }
  return 0;
}

/** Well-formed UTF-8 as Unicode table 3-7 has it: no overlong form, no surrogate, nothing above U+10FFFF. */
export function validUtf8(p: usize, n: usize): bool {
  const end = p + n;
  while (p < end) {
    const c = <u32>load<u8>(p);
    if (c < 0x80) {
      p++;
    } else if (c < 0xe0) {
      if (c < 0xc2 || p + 2 > end || (load<u8>(p + 1) & 0xc0) != 0x80) return false;
      p += 2;
    } else if (c < 0xf0) {
      const c1 = <u32>load<u8>(p + 1);
      if (p + 3 > end || (c1 & 0xc0) != 0x80 || (load<u8>(p + 2) & 0xc0) != 0x80) return false;
      if ((c == 0xe0 && c1 < 0xa0) || (c == 0xed && c1 > 0x9f)) return false;
      p += 3;
    } else {
      const c1 = <u32>load<u8>(p + 1);
      if (c > 0xf4 || p + 4 > end || (c1 & 0xc0) != 0x80) return false;
      if ((load<u8>(p + 2) & 0xc0) != 0x80 || (load<u8>(p + 3) & 0xc0) != 0x80) return false;
      if ((c == 0xf0 && c1 < 0x90) || (c == 0xf4 && c1 > 0x8f)) return false;
      p += 4;
    }
  }
  return true;
}

/** Value of a hexadecimal digit, 255 for anything else. */
export function hexDigit(c: u32): u32 {
  if (c - 48 < 10) return c - 48;
  const lower = c | 0x20;
  return lower - 97 < 6 ? lower - 87 : 255;
}

/** The four hexadecimal digits at `p`, over 0xffff if one of them is none. */
function hex4(p: usize): u32 {
  let value: u32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const digit = hexDigit(load<u8>(p + i));
    if (digit > 15) return 0x10000;
    value = (value << 4) | digit;
  }
  return value;
}

function simpleEscape(c: u32): u32 {
  switch (c) {
    case 34: return 34;
    case 47: return 47;
    case 92: return 92;
    case 98: return 8;
    case 102: return 12;
    case 110: return 10;
    case 114: return 13;
    case 116: return 9;
    default: return 0;
  }
}

function putCodePoint(d: usize, c: u32): usize {
  if (c < 0x80) {
    store<u8>(d, c);
    return d + 1;
  }
  if (c < 0x800) {
    store<u8>(d, 0xc0 | (c >> 6));
    store<u8>(d + 1, 0x80 | (c & 63));
    return d + 2;
  }
  if (c < 0x10000) {
    store<u8>(d, 0xe0 | (c >> 12));
    store<u8>(d + 1, 0x80 | ((c >> 6) & 63));
    store<u8>(d + 2, 0x80 | (c & 63));
    return d + 3;
  }
  store<u8>(d, 0xf0 | (c >> 18));
  store<u8>(d + 1, 0x80 | ((c >> 12) & 63));
  store<u8>(d + 2, 0x80 | ((c >> 6) & 63));
  store<u8>(d + 3, 0x80 | (c & 63));
  return d + 4;
}

/** Writes the text of the JSON string content [p, end) to `d`; false for a bad escape or half a surrogate pair. */
export function unescape(p: usize, end: usize, d: usize): bool {
  for (;;) {
    const next = find(p, end, 92);
    copy(p, d, next - p);
    d += next - p;
    p = next;
    if (p == end) break;
    const kind = <u32>load<u8>(p + 1);
    if (kind != 117) {
      const plain = simpleEscape(kind);
      if (plain == 0) return false;
      store<u8>(d++, plain);
      p += 2;
      continue;
    }
    let code = hex4(p + 2);
    p += 6;
    if (code > 0xffff || p > end) return false;
    if ((code & 0xf800) == 0xd800) {
      if (code >= 0xdc00 || load<u16>(p) != 0x755c) return false;
      const low = hex4(p + 2);
      p += 6;
      if ((low & 0xfc00) != 0xdc00 || low > 0xffff || p > end) return false;
      code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
    }
    d = putCodePoint(d, code);
  }
  written = d;
  return true;
}

/**
 * Reads the JSON string whose content begins at `p`: its text stays in place or, where it has escapes, is written to
 * `scratch`. Returns the position behind the closing quote; 0 to bail.
 */
export function readString(p: usize, scratch: usize): usize {
  const end = stringEnd(p);
  if (!end || (sawHigh && !validUtf8(p, end - p))) return 0;
  textAt = p;
  textLength = end - p;
  if (sawEscape) {
    if (!unescape(p, end, scratch)) return 0;
    textAt = scratch;
    textLength = written - scratch;
  }
  return end + 1;
}

/** True if the `n` bytes at `p` and `q` are the same. */
// @ts-ignore: decorator
@inline
export function same(p: usize, q: usize, n: usize): bool {
  if (n < 16) return ((<u32>i8x16.bitmask(i8x16.ne(v128.load(p), v128.load(q)))) & ((1 << <u32>n) - 1)) == 0;
  // The last step overlaps the one before.
  const last = n - 16;
  let other = v128.xor(v128.load(p + last), v128.load(q + last));
  for (let i: usize = 0; i < last; i += 16) other = v128.or(other, v128.xor(v128.load(p + i), v128.load(q + i)));
  return !v128.any_true(other);
}

/** Copies in whole vectors: up to 15 bytes more than `n` are overwritten. */
// @ts-ignore: decorator
@inline
export function copy(p: usize, d: usize, n: usize): void {
  const end = p + n;
  while (p < end) {
    v128.store(d, v128.load(p));
    p += 16;
    d += 16;
  }
}

export function isAscii(p: usize, n: usize): bool {
  for (const end = p + n; p < end; p++) if (load<u8>(p) > 0x7f) return false;
  return true;
}

const FACTOR_A: u64 = 0x9e3779b97f4a7c15;
const FACTOR_B: u64 = 0xc2b2ae3d27d4eb4f;

/** Sixteen bytes a step in two sums that do not wait for each other; the last step overlaps the one before. */
export function hash(p: usize, n: usize): u32 {
  let a = seed ^ n;
  let b = seed;
  if (n >= 16) {
    const last = p + n - 16;
    for (; p < last; p += 16) {
      a = (a ^ load<u64>(p)) * FACTOR_A;
      b = (b ^ load<u64>(p, 8)) * FACTOR_B;
      a ^= a >> 29;
      b ^= b >> 31;
    }
    a ^= load<u64>(last);
    b ^= load<u64>(last, 8);
  } else if (n >= 8) {
    a ^= load<u64>(p);
    b ^= load<u64>(p + n - 8);
  } else if (n) {
    a ^= load<u64>(p) << (64 - (n << 3));
  }
  a = a * FACTOR_A + b * FACTOR_B;
  a ^= a >> 32;
  a *= 0xd6e8feb86659fd93;
  return <u32>(a >> 32);
}

/** Position of the first byte `c` in [p, end), `end` if there is none. */
export function find(p: usize, end: usize, c: u8): usize {
  const want = i8x16.splat(c);
  while (p < end) {
    const hit = <u32>i8x16.bitmask(i8x16.eq(v128.load(p), want));
    if (hit) {
      const at = p + ctz(hit);
      return at < end ? at : end;
    }
    p += 16;
  }
  return end;
}
