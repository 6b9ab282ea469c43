// What the names end with that a rollup's groups wrote, as src/store/rollup-suffixes.ts finds it.
import { OBJECT_KEY_TEXT, ROLLUP_SUFFIXES_AT, SUFFIX_BYTES_MAX, SUFFIXES_DIFFER } from './layout';
import { textBytes, textOffsets } from './row';

const DOT: u32 = 0x2e;
const SLASH: u32 = 0x2f;

/** Low bytes of a word that a text of so many bytes has there. */
// @ts-ignore: decorator
@inline
function maskOf(bytes: usize): u64 {
  return bytes >= 8 ? ~(<u64>0) : ((<u64>1) << (bytes << 3)) - 1;
}

// @ts-ignore: decorator
@inline
function suffixAt(group: usize): usize {
  return ROLLUP_SUFFIXES_AT + group * SUFFIX_BYTES_MAX;
}

export function clearSuffix(group: usize): void {
  v128.store(suffixAt(group), i64x2.splat(0));
}

/** Zeros stand behind a suffix, so that it may not have one. */
// @ts-ignore: decorator
@inline
function hasZero(p: usize, end: usize): bool {
  for (; p < end; p++) if (load<u8>(p) == 0) return true;
  return false;
}

/** Takes in the name of an object that the group wrote. */
export function noteSuffix(group: usize, row: usize): void {
  const offsets = textOffsets(OBJECT_KEY_TEXT) + (row << 2);
  const bytes = textBytes(OBJECT_KEY_TEXT);
  const start = bytes + load<u32>(offsets);
  const end = bytes + load<u32>(offsets, 4);
  let p = end;
  let byte: u32 = 0;
  while (p > start) {
    byte = load<u8>(--p);
    if (byte == DOT || byte == SLASH) break;
  }
  p++;
  if (byte != DOT || p >= end) return;
  const to = suffixAt(group);
  const length = end - p;
  if (length > SUFFIX_BYTES_MAX || hasZero(p, end)) {
    store<u8>(to, SUFFIXES_DIFFER);
    return;
  }
  const low = load<u64>(p) & maskOf(length);
  const high = length > 8 ? load<u64>(p, 8) & maskOf(length - 8) : 0;
  if (load<u8>(to) == 0) {
    store<u64>(to, low);
    store<u64>(to, high, 8);
  } else if (load<u64>(to) != low || load<u64>(to, 8) != high) {
    store<u8>(to, SUFFIXES_DIFFER);
  }
}
