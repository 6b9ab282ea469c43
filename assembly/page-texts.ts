// Lengths and extremes of texts: src/store/parquet/texts.ts does the same.
import { Extremes } from './extremes';
import { PRESENT_ROWS_AT } from './layout';

/** Writes the length of each text between two of `n + 1` offsets; false if one is none, as in `textElements`. */
export function textLengths(offsets: usize, n: usize, bytes: usize, end: u32, utf8: bool): bool {
  let start = load<u32>(offsets);
  if (start > end) return false;
  for (let i: usize = 0; i < n; i++) {
    const stop = load<u32>(offsets + (i << 2), 4);
    if (stop < start || stop > end) return false;
    if (utf8 && stop > start && (load<u8>(bytes + start) & 0xc0) == 0x80) return false;
    store<u32>(PRESENT_ROWS_AT + (i << 2), stop - start);
    start = stop;
  }
  return true;
}

function precedesText(a: usize, aLength: usize, b: usize, bLength: usize): bool {
  const common = min(aLength, bLength);
  let at: usize = 0;
  for (; at + 8 <= common; at += 8) {
    const x = load<u64>(a + at);
    const y = load<u64>(b + at);
    if (x != y) return bswap(x) < bswap(y);
  }
  for (; at < common; at++) {
    const x = load<u8>(a + at);
    const y = load<u8>(b + at);
    if (x != y) return x < y;
  }
  return aLength < bLength;
}

/** Which of the texts between two of `n + 1` offsets is the least. */
export function leastText(offsets: usize, n: usize, bytes: usize): usize {
  Extremes.least = 0;
  Extremes.greatest = 0;
  let lowAt = bytes + load<u32>(offsets);
  let lowLength = <usize>load<u32>(offsets, 4) - load<u32>(offsets);
  let highAt = lowAt;
  let highLength = lowLength;
  for (let i: usize = 1; i < n; i++) {
    const at = bytes + load<u32>(offsets + (i << 2));
    const length = <usize>load<u32>(offsets + (i << 2), 4) - load<u32>(offsets + (i << 2));
    if (precedesText(at, length, lowAt, lowLength)) {
      Extremes.least = i;
      lowAt = at;
      lowLength = length;
    } else if (precedesText(highAt, highLength, at, length)) {
      Extremes.greatest = i;
      highAt = at;
      highLength = length;
    }
  }
  return Extremes.least;
}
