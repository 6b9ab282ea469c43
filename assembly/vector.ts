// Rows as DuckDB's vectors hold them, where that is not how columns lie: src/store/column-filler.ts does the same.
import { GATHER_AT } from './layout';

const lanes = memory.data(16, 16);

/** Largest of eight unsigned lanes. */
function largestLane(v: v128): u32 {
  v128.store(lanes, v);
  let largest: u32 = 0;
  for (let i: usize = 0; i < 16; i += 2) largest = max<u32>(largest, load<u16>(lanes + i));
  return largest;
}

/** Writes codes as bytes; returns the largest, above 255 of which the bytes mean nothing. */
export function narrowCodes(codes: usize, n: usize): u32 {
  let largest = i16x8.splat(0);
  let i: usize = 0;
  for (; i + 16 <= n; i += 16) {
    const first = v128.load(codes + (i << 1));
    const second = v128.load(codes + (i << 1), 16);
    largest = i16x8.max_u(largest, i16x8.max_u(first, second));
    v128.store(GATHER_AT + i, i8x16.narrow_i16x8_u(first, second));
  }
  let last: u32 = 0;
  for (; i < n; i++) {
    const code = <u32>load<u16>(codes + (i << 1));
    last = max(last, code);
    store<u8>(GATHER_AT + i, code);
  }
  return max(last, largestLane(largest));
}

/** Writes UUIDs as little-endian integers with their first bit flipped. */
export function flipUuids(values: usize, n: usize): void {
  const firstBit = i64x2(0, 0x8000000000000000);
  for (let i: usize = 0; i < n << 4; i += 16) {
    const v = v128.load(values + i);
    const turned = i8x16.shuffle(v, v, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    v128.store(GATHER_AT + i, v128.xor(turned, firstBit));
  }
}

/**
 * Writes the `duckdb_string_t` of each text between two of the `n + 1` offsets.
 *
 * @param end of the texts, counted as the offsets are.
 * @param base address of byte 0 of the texts in native memory.
 * @param utf8 a text may not begin inside a character.
 * @returns false if a text is none.
 */
export function textElements(offsets: usize, n: usize, bytes: usize, end: u32, base: u64, utf8: bool): bool {
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const zero = i32x4.splat(0);
  let start = load<u32>(offsets);
  if (start > end) return false;
  for (let i: usize = 0; i < n; i++) {
    const stop = load<u32>(offsets + (i << 2), 4);
    if (stop < start || stop > end) return false;
    const length = stop - start;
    const at = GATHER_AT + (i << 4);
    const text = bytes + start;
    if (utf8 && length && (load<u8>(text) & 0xc0) == 0x80) return false;
    if (length <= 12) {
      const kept = v128.and(v128.load(text), i8x16.lt_u(places, i8x16.splat(<i8>length)));
      const moved = i8x16.shuffle(zero, kept, 0, 1, 2, 3, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27);
      v128.store(at, i32x4.replace_lane(moved, 0, length));
    } else {
      store<u32>(at, length);
      store<u32>(at, load<u32>(text), 4);
      store<u64>(at, base + start, 8);
    }
    start = stop;
  }
  return true;
}
