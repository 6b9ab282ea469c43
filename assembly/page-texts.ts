// Lengths and extremes of texts: src/store/parquet/texts.ts does the same.
import { Extremes } from './extremes';
import { PRESENT_ROWS_AT, TEXT_LENGTHS_AT, TEXT_STARTS_AT } from './layout';
import { Page } from './page';
import { copy } from './text';

/** Writes the length of each text between two of `n + 1` offsets; false if one is none, as in `textElements`. */
export function textLengths(offsets: usize, n: usize, bytes: usize, end: u32, utf8: bool): bool {
  let start = load<u32>(offsets);
  if (start > end) return false;
  for (let i: usize = 0; i < n; i++) {
    const stop = load<u32>(offsets + (i << 2), 4);
    if (stop < start || stop > end) return false;
    if (utf8 && stop > start && (load<u8>(bytes + start) & 0xc0) == 0x80) return false;
    store<u32>(TEXT_LENGTHS_AT + (i << 2), stop - start);
    start = stop;
  }
  return true;
}

/** The same of the present rows, with where each text begins; false also if they do not lie one behind the other. */
export function presentTexts(offsets: usize, n: usize, bytes: usize, end: u32, utf8: bool): bool {
  let stop = n ? load<u32>(offsets + (load<u32>(PRESENT_ROWS_AT) << 2)) : 0;
  for (let i: usize = 0; i < n; i++) {
    const at = offsets + (<usize>load<u32>(PRESENT_ROWS_AT + (i << 2)) << 2);
    const start = load<u32>(at);
    if (start != stop) return false;
    stop = load<u32>(at, 4);
    if (stop < start || stop > end) return false;
    if (utf8 && stop > start && (load<u8>(bytes + start) & 0xc0) == 0x80) return false;
    store<u32>(TEXT_STARTS_AT + (i << 2), start);
    store<u32>(TEXT_LENGTHS_AT + (i << 2), stop - start);
  }
  store<u32>(TEXT_STARTS_AT + (n << 2), stop);
  return true;
}

/** Writes texts, of `n` rows or of the first `n`, as PLAIN has them; returns the bytes that takes. */
export function plainTexts(offsets: usize, bytes: usize, rows: usize, n: usize): usize {
  Page.begin();
  for (let i: usize = 0; i < n; i++) {
    const at = offsets + (rows ? <usize>load<u32>(rows + (i << 2)) << 2 : i << 2);
    const start = load<u32>(at);
    const length = load<u32>(at, 4) - start;
    store<u32>(Page.at, length);
    copy(bytes + start, Page.at + 4, length);
    Page.at += 4 + length;
  }
  return Page.length;
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
