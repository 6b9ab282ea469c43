// UUIDs, hashes, entity tags and MD5s from text.
import { hexDigit } from './text';

/** What the last `readEtag` read. */
export let number: u64 = 0;

/** Collects lanes that are no digit, and lanes that are A to F. */
let bad: v128 = i8x16.splat(0);
let upper: v128 = i8x16.splat(0);

/** Sixteen hexadecimal digits as sixteen values of four bits. */
// @ts-ignore: decorator
@inline
function nibbles(v: v128): v128 {
  const lower = v128.or(v, i8x16.splat(0x20));
  const isDigit = i8x16.le_u(i8x16.sub(v, i8x16.splat(48)), i8x16.splat(9));
  const isLetter = i8x16.le_u(i8x16.sub(lower, i8x16.splat(97)), i8x16.splat(5));
  bad = v128.or(bad, v128.not(v128.or(isDigit, isLetter)));
  upper = v128.or(upper, v128.andnot(isLetter, i8x16.eq(v, lower)));
  return i8x16.add(v128.and(v, i8x16.splat(15)), v128.and(isLetter, i8x16.splat(9)));
}

/** 32 digits in two vectors to 16 bytes. */
// @ts-ignore: decorator
@inline
function pack(a: v128, b: v128): v128 {
  const low = i16x8.splat(0xff);
  const x = v128.and(v128.or(i16x8.shl(a, 4), i16x8.shr_u(a, 8)), low);
  const y = v128.and(v128.or(i16x8.shl(b, 4), i16x8.shr_u(b, 8)), low);
  return i8x16.narrow_i16x8_u(x, y);
}

/** Stores the 16 bytes that the first 32 of the 64 hexadecimal digits at `p` spell; false if one is no digit. */
export function readHash(p: usize, d: usize): bool {
  bad = i8x16.splat(0);
  const bytes = pack(nibbles(v128.load(p)), nibbles(v128.load(p, 16)));
  nibbles(v128.load(p, 32));
  nibbles(v128.load(p, 48));
  if (v128.any_true(bad)) return false;
  v128.store(d, bytes);
  return true;
}

/** True where the last UUID had a digit A to F. */
export function hadUpperCase(): bool {
  return v128.any_true(upper);
}

/** Stores the 16 bytes of the UUID whose 36 characters begin at `p`; false, with nothing stored, for another form. */
export function readUuid(p: usize, d: usize): bool {
  if (load<u8>(p + 8) != 45 || load<u8>(p + 13) != 45 || load<u8>(p + 18) != 45 || load<u8>(p + 23) != 45) return false;
  const a = v128.load(p);
  const b = v128.load(p, 16);
  const c = v128.load(p, 32);
  const first = v128.shuffle<u8>(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17);
  const second = v128.shuffle<u8>(b, c, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
  bad = i8x16.splat(0);
  upper = i8x16.splat(0);
  const bytes = pack(nibbles(first), nibbles(second));
  if (v128.any_true(bad)) return false;
  v128.store(d, bytes);
  return true;
}

/** `0x` and 1 to 16 digits into `number`; the position behind them, 0 for another form. */
export function readEtag(p: usize): usize {
  if (load<u16>(p) != 0x7830) return 0;
  const text = v128.load(p, 2);
  bad = i8x16.splat(0);
  const values = nibbles(text);
  const n = ctz((<u32>i8x16.bitmask(bad)) | 0x10000);
  if (n == 0 || (n == 16 && hexDigit(load<u8>(p, 18)) < 16)) return 0;
  // Moved to the end; what comes before is zero.
  const places = i8x16.sub(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>(16 - n)));
  const bytes = pack(i8x16.swizzle(values, places), i8x16.splat(0));
  number = bswap(i64x2.extract_lane(bytes, 0));
  return p + 2 + n;
}

function base64Digit(c: u32): u32 {
  if (c - 65 < 26) return c - 65;
  if (c - 97 < 26) return c - 71;
  if (c - 48 < 10) return c + 4;
  return c == 43 ? 62 : c == 47 ? 63 : 255;
}

/** Stores the 16 bytes of the 24 base64 characters at `p`; false unless they are exactly how 16 bytes are written. */
export function readMd5(p: usize, d: usize): bool {
  if (load<u16>(p + 22) != 0x3d3d) return false;
  let bits: u32 = 0;
  for (let i: usize = 0; i < 22; i++) {
    const value = base64Digit(load<u8>(p + i));
    if (value > 63) return false;
    bits = (bits << 6) | value;
    if ((i & 3) == 3) {
      store<u8>(d, bits >> 16);
      store<u8>(d + 1, bits >> 8);
      store<u8>(d + 2, bits);
      d += 3;
      bits = 0;
    }
  }
  if (bits & 15) return false;
  store<u8>(d, bits >> 4);
  return true;
}
