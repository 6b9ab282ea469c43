import { randomBytes } from 'node:crypto';
import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import type { FixedValues } from './fixed-values.ts';

/** Room for values that differ. */
export const distinctEntriesMax = 32_768;
/** Wide values pay for a dictionary wherever they repeat; compression finds numbers that do sooner. */
const numbersMax = 8_192;
/** Beyond so many, values of which less than every other is a repetition are given up. */
const tried = 1_024;

const seed = randomBytes(4).readInt32LE();

/** Values as codes into those that differ, in the order of their first rows. */
export interface DistinctValues {
  readonly entries: FixedValues;
  readonly codes: Uint16Array<ArrayBuffer>;
}

/** @returns null where a dictionary does not pay. */
export function distinctValues(values: FixedValues, kernel: PageKernel | null): DistinctValues | null {
  const { words, width, count } = values;
  const most = Math.min(width === 4 ? distinctEntriesMax : numbersMax, count >> 1);
  if (most === 0) return null;
  const fast = kernelOver(kernel, words);
  if (fast === null) return findDistinct(values, most);
  const found = fast.distinctValues(words.byteOffset, width * 4, count, most);
  if (found === null) return null;
  const { entries, length, codes } = found;
  return { entries: { words: new Uint32Array(words.buffer, entries, length * width), width, count: length }, codes };
}

function findDistinct({ words, width, count }: FixedValues, most: number): DistinctValues | null {
  const entries = new Uint32Array(most * width);
  const codes = new Uint16Array(count);
  const slots = new Uint16Array(2 ** Math.ceil(Math.log2(2 * most + 1)));
  let known = 0;
  // One more than the code, as 0 is an empty slot.
  let code = 0;
  for (let at = 0; at < count; at++) {
    const from = at * width;
    if (at === 0 || !sameWords(words, from, words, from - width, width)) {
      let slot = hashOf(words, from, width) % slots.length;
      for (;;) {
        code = slots[slot] ?? 0;
        if (code === 0 || sameWords(words, from, entries, (code - 1) * width, width)) break;
        slot = (slot + 1) % slots.length;
      }
      if (code === 0) {
        if (known === most || (known >= tried && 2 * known > at)) return null;
        for (let word = 0; word < width; word++) entries[known * width + word] = words[from + word] ?? 0;
        code = ++known;
        slots[slot] = code;
      }
    }
    codes[at] = code - 1;
  }
  return { entries: { words: entries.subarray(0, known * width), width, count: known }, codes };
}

function sameWords(a: Uint32Array, atA: number, b: Uint32Array, atB: number, width: number): boolean {
  for (let word = 0; word < width; word++) if (a[atA + word] !== b[atB + word]) return false;
  return true;
}

/** Hashed with a seed, so that nobody can choose values that collide. */
function hashOf(words: Uint32Array, from: number, width: number): number {
  let hash = seed;
  for (let word = 0; word < width; word++) {
    hash = Math.imul(hash ^ (words[from + word] ?? 0), 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
