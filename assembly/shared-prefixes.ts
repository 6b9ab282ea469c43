// How much each text shares with the one before: src/store/parquet/shared-prefixes.ts does the same.
import { PREFIX_LENGTHS_AT, SUFFIX_LENGTHS_AT } from './layout';
import { Page } from './page';
import { copy } from './text';

/** Bytes at the beginning that both have, up to `most`. */
function sharedBytes(a: usize, b: usize, most: usize): usize {
  for (let n: usize = 0; n < most; n += 16) {
    const differ = ~(<u32>i8x16.bitmask(i8x16.eq(v128.load(a + n), v128.load(b + n)))) & 0xffff;
    if (differ) return min(most, n + ctz(differ));
  }
  return most;
}

/**
 * Writes how many bytes each text between two of `n + 1` offsets shares with the beginning of the one before, and how
 * many it has beside; returns the former in all.
 */
export function sharedPrefixes(offsets: usize, n: usize, bytes: usize): usize {
  let shared: usize = 0;
  let before = bytes;
  let lengthBefore: usize = 0;
  for (let i: usize = 0; i < n; i++) {
    const start = <usize>load<u32>(offsets + (i << 2));
    const at = bytes + start;
    const length = <usize>load<u32>(offsets + (i << 2), 4) - start;
    const prefix = sharedBytes(before, at, min(lengthBefore, length));
    store<u32>(PREFIX_LENGTHS_AT + (i << 2), <u32>prefix);
    store<u32>(SUFFIX_LENGTHS_AT + (i << 2), <u32>(length - prefix));
    shared += prefix;
    before = at;
    lengthBefore = length;
  }
  return shared;
}

/** Writes the ends of `n` texts that have as many bytes as stand at `suffixes`; returns the bytes that takes. */
export function joinSuffixes(offsets: usize, suffixes: usize, n: usize, bytes: usize): usize {
  Page.begin();
  for (let i: usize = 0; i < n; i++) {
    const length = <usize>load<u32>(suffixes + (i << 2));
    copy(bytes + load<u32>(offsets + (i << 2), 4) - length, Page.at, length);
    Page.at += length;
  }
  return Page.length;
}
