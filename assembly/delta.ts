// Integers as Parquet's DELTA_BINARY_PACKED: src/store/parquet/delta.ts does the same.
import { Page } from './page';

const BLOCK: usize = 128;
const MINIBLOCK: usize = 32;
const deltas = memory.data(8 << 7, 16);

// @ts-ignore: decorator
@inline
function delta(i: usize): u64 {
  return load<u64>(deltas + (i << 3));
}

function putMiniblock(from: usize, to: usize, least: i64, width: u64): void {
  const end = Page.at + <usize>(width << 2);
  let out = Page.at;
  let bits: u64 = 0;
  let held: u64 = 0;
  for (let i = from; i < to; i++) {
    const value = delta(i) - <u64>least;
    bits |= value << held;
    if (held + width >= 64) {
      store<u64>(out, bits);
      out += 8;
      bits = held ? value >> (64 - held) : 0;
      held += width - 64;
    } else held += width;
  }
  store<u64>(out, bits);
  Page.at = out + <usize>((held + 7) >> 3);
  Page.fill(end);
}

/** Writes what stands in `deltas`, less the least of them. */
function putBlock(n: usize, least: i64): void {
  Page.zigzag(least);
  const widths = Page.at;
  store<u32>(widths, 0);
  Page.at += 4;
  for (let from: usize = 0; from < n; from += MINIBLOCK) {
    const to = min(from + MINIBLOCK, n);
    let bits: u64 = 0;
    for (let i = from; i < to; i++) bits |= delta(i) - <u64>least;
    const width = 64 - clz(bits);
    store<u8>(widths + from / MINIBLOCK, width);
    if (width) putMiniblock(from, to, least, width);
  }
}

let repeats: usize = 0;

/** How many of the values that `packDeltas` met were equal to the one before. */
export function repeatCount(): usize {
  return repeats;
}

// @ts-ignore: decorator
@inline
function pack<T>(values: usize, n: usize): usize {
  Page.begin();
  repeats = 0;
  Page.varint(BLOCK);
  Page.varint(BLOCK / MINIBLOCK);
  Page.varint(n);
  let last = n ? <i64>load<T>(values) : 0;
  Page.zigzag(last);
  for (let at: usize = 1; at < n; at += BLOCK) {
    const count = min(BLOCK, n - at);
    let least = i64.MAX_VALUE;
    for (let i: usize = 0; i < count; i++) {
      const value = <i64>load<T>(values + (at + i) * sizeof<T>());
      const difference = value - last;
      store<i64>(deltas + (i << 3), difference);
      least = min(least, difference);
      repeats += <usize>(difference == 0);
      last = value;
    }
    putBlock(count, least);
  }
  return Page.length;
}

/** Writes integers of 4 or 8 bytes as DELTA_BINARY_PACKED; returns the bytes that takes. */
export function packDeltas(values: usize, width: usize, n: usize): usize {
  return width == 4 ? pack<i32>(values, n) : pack<i64>(values, n);
}
