// Texts as codes into those that differ, in the order of their first rows: src/store/parquet/distinct-texts.ts does the same.
import { clearSlots, codeIn, putCode } from './distinct-slots';
import { DISTINCT_CODES_AT, DISTINCT_VALUES_AT } from './layout';
import { hash, same } from './text';

/** Beyond so many, texts of which too many are new are given up. */
const TRIED: usize = 1024;

/**
 * Writes a code for each text between two of `n + 1` offsets, and the first row of each that differs; returns how many
 * differ, `most` + 1 if it is not worth the while: more do, more than one in `oneIn`, or longer than `mostBytes` together.
 */
export function distinctTexts(
  offsets: usize, n: usize, bytes: usize, most: usize, oneIn: usize, mostBytes: usize,
): usize {
  clearSlots();
  let known: usize = 0;
  let knownBytes: usize = 0;
  // One more than the code, as 0 is an empty slot.
  let code: usize = 0;
  let before: usize = 0;
  let lengthBefore: usize = -1;
  for (let i: usize = 0; i < n; i++) {
    const start = <usize>load<u32>(offsets + (i << 2));
    const length = <usize>load<u32>(offsets + (i << 2), 4) - start;
    const at = bytes + start;
    if (length != lengthBefore || !same(at, before, length)) {
      let slot = hash(at, length);
      for (;;) {
        code = codeIn(slot);
        if (code == 0) break;
        const entry = offsets + (<usize>load<u32>(DISTINCT_VALUES_AT + ((code - 1) << 2)) << 2);
        const entryStart = <usize>load<u32>(entry);
        if (<usize>load<u32>(entry, 4) - entryStart == length && same(at, bytes + entryStart, length)) break;
        slot++;
      }
      if (code == 0) {
        knownBytes += length;
        if (known == most || knownBytes > mostBytes || (known >= TRIED && known * oneIn > i)) return most + 1;
        store<u32>(DISTINCT_VALUES_AT + (known << 2), <u32>i);
        code = ++known;
        putCode(slot, <u32>code);
      }
    }
    store<u16>(DISTINCT_CODES_AT + (i << 1), <u16>(code - 1));
    before = at;
    lengthBefore = length;
  }
  return known;
}
