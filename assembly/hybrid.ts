// Codes in Parquet's hybrid of runs and bit-packed groups: src/store/parquet/hybrid.ts does the same.
import { CODE_MARKS_AT } from './layout';
import { Page } from './page';

function putPacked(codes: usize, from: usize, to: usize, width: u32): void {
  if (from == to) return;
  const groups = (to - from + 7) >> 3;
  Page.varint((groups << 1) | 1);
  const end = Page.at + groups * width;
  let out = Page.at;
  let bits: u64 = 0;
  let held: u32 = 0;
  for (let at = from; at < to; at++) {
    bits |= <u64>load<u16>(codes + (at << 1)) << held;
    held += width;
    if (held >= 32) {
      store<u32>(out, <u32>bits);
      out += 4;
      bits >>= 32;
      held -= 32;
    }
  }
  store<u64>(out, bits);
  Page.at = out + ((held + 7) >> 3);
  Page.fill(end);
}

/** Writes codes of `width` bits as runs and bit-packed groups; returns the bytes that takes. */
export function packCodes(codes: usize, n: usize, width: u32): usize {
  Page.begin();
  let packed: usize = 0;
  for (let at: usize = 0; at < n; ) {
    const value = load<u16>(codes + (at << 1));
    let end = at + 1;
    const run = i16x8.splat(value);
    while (end + 8 <= n && i16x8.all_true(i16x8.eq(v128.load(codes + (end << 1)), run))) end += 8;
    while (end < n && load<u16>(codes + (end << 1)) == value) end++;
    if (end - at < 8) {
      at = min(at + 8, n);
      continue;
    }
    putPacked(codes, packed, at, width);
    Page.varint((end - at) << 1);
    Page.byte(value);
    if (width > 8) Page.byte(value >> 8);
    at = end;
    packed = end;
  }
  putPacked(codes, packed, n, width);
  return Page.length;
}

/** Marks the codes that occur with a byte each; returns the largest. */
export function markCodes(codes: usize, n: usize): u32 {
  memory.fill(CODE_MARKS_AT, 0, 1 << 16);
  let largest: u32 = 0;
  for (let i: usize = 0; i < n; i++) {
    const code = <u32>load<u16>(codes + (i << 1));
    store<u8>(CODE_MARKS_AT + code, 1);
    largest = max(largest, code);
  }
  return largest;
}
