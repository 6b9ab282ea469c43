// Whether a text may hold a signature. Sure only of "no": everything else goes to the host's `redact`.
import { hexDigit } from './text';

/** Bytes a secret's `=` can hide behind: `=` itself, `%`, `\` and the `#` of a numeric entity. */
// @ts-ignore: decorator
@inline
function marks(v: v128): u32 {
  return <u32>i8x16.bitmask(
    v128.or(
      v128.or(i8x16.eq(v, i8x16.splat(61)), i8x16.eq(v, i8x16.splat(37))),
      v128.or(i8x16.eq(v, i8x16.splat(92)), i8x16.eq(v, i8x16.splat(35))),
    ),
  );
}

// @ts-ignore: decorator
@inline
function isNameByte(c: u32): bool {
  return (c >= 0x2d && c <= 0x39) || (c | 0x20) - 97 < 26 || c == 0x5f;
}

// @ts-ignore: decorator
@inline
function lower8(p: usize): u64 {
  return load<u64>(p) | 0x2020202020202020;
}

/** True if [name, name + n) is one of core/redaction.ts' secret names, in any case; may be true for a few others. */
export function isSecretName(name: usize, n: usize): bool {
  switch (<u32>n) {
    case 3: return (lower8(name) & 0xffffff) == 0x676973; // sig
    case 4: return (<u32>lower8(name)) == 0x65646f63; // code
    case 5: return (lower8(name) & 0xffffffffff) == 0x6e656b6f74; // token
    case 9:
    case 15:
    case 16: return lower8(name + n - 8) == 0x65727574616e6769; // …ignature
    default: return false;
  }
}

/** The same for a name known by its length and its last eight characters in lower case, the last one on top. */
function isSecretTail(length: u32, tail: u64): bool {
  switch (length) {
    case 3: return tail >> 40 == 0x676973;
    case 4: return tail >> 32 == 0x65646f63;
    case 5: return tail >> 24 == 0x6e656b6f74;
    case 9:
    case 15:
    case 16: return tail == 0x65727574616e6769;
    default: return false;
  }
}

/** The value from `p` on is empty or already the mark. */
function isMasked(p: usize, end: usize): bool {
  if (p >= end || load<u8>(p) == 38) return true;
  if (p + 5 > end || load<u32>(p) != 0x58585858 || load<u8>(p + 4) != 88) return false;
  return p + 5 == end || load<u8>(p + 5) == 38;
}

/** A parameter that must be redacted has its `=` at `equals` and its value from `value` on. */
function isSecret(start: usize, equals: usize, value: usize, end: usize): bool {
  let name = equals;
  while (name > start && equals - name <= 20 && isNameByte(load<u8>(name - 1))) name--;
  // The two digits of an escape are no part of the name behind it.
  let percent = name;
  if (percent > start && load<u8>(percent - 1) == 37 && equals - name >= 2) {
    if (hexDigit(load<u8>(name)) < 16 && hexDigit(load<u8>(name + 1)) < 16) name += 2;
  }
  return isSecretName(name, equals - name) && !isMasked(value, end);
}

// @ts-ignore: decorator
@inline
function escaped(p: usize, end: usize): u32 {
  if (p + 2 > end) return 256;
  const high = hexDigit(load<u8>(p));
  const low = hexDigit(load<u8>(p + 1));
  return (high | low) > 15 ? 256 : (high << 4) | low;
}

/** `suspect` for a text with escaped name characters or escaped escapes: one character after the other, decoded. */
function suspectDecoded(p: usize, end: usize): bool {
  let length: u32 = 0;
  let tail: u64 = 0;
  while (p < end) {
    let c = <u32>load<u8>(p++);
    if (c == 37) {
      let digits = p;
      while (escaped(digits, end) == 0x25 && escaped(digits + 2, end) < 256) digits += 2;
      const code = escaped(digits, end);
      if (code < 256) {
        c = code;
        p = digits + 2;
      }
    }
    if (isNameByte(c)) {
      length++;
      tail = (tail >> 8) | ((<u64>(c | 0x20)) << 56);
      continue;
    }
    if (c == 61 && isSecretTail(length, tail) && !isMasked(p, end)) return true;
    length = 0;
  }
  return false;
}

/** True if `redact` might change the `n` bytes of text at `start`. */
export function suspect(start: usize, n: usize): bool {
  const end = start + n;
  for (let block = start; block < end; block += 16) {
    let hits = marks(v128.load(block));
    while (hits) {
      const p = block + ctz(hits);
      hits &= hits - 1;
      if (p >= end) return false;
      const c = <u32>load<u8>(p);
      if (c == 61) {
        if (isSecret(start, p, p + 1, end)) return true;
      } else if (c == 37) {
        const code = escaped(p + 1, end);
        if (code == 0x25 || isNameByte(code)) return undecodable(start, end) || suspectDecoded(start, end);
        if (code == 61 && isSecret(start, p, p + 3, end)) return true;
      } else if (c == 92 || (p > start && load<u8>(p - 1) == 38)) {
        return true;
      }
    }
  }
  return false;
}

/** Holds `\\` or `&#`, which are left to the host. */
function undecodable(start: usize, end: usize): bool {
  for (let p = start; p < end; p++) {
    const c = load<u8>(p);
    if (c == 92 || (c == 38 && load<u8>(p + 1) == 35)) return true;
  }
  return false;
}
