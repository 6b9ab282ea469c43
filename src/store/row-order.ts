import assert from 'node:assert/strict';
import { isValid, type Table, wordsOf } from './table.ts';

const digitBits = 11;
const digitValues = 1 << digitBits;

/**
 * Row numbers of a table in the order of `ORDER BY` the named columns: ascending, nulls last, equal rows as they came.
 *
 * A radix sort from the least significant digit on; digits that all rows share cost nothing but the counting.
 *
 * @param names columns of 64 bits: uint64, int64, timestamp.
 * @returns null if the rows stand in that order already, as with no names.
 */
export function rowOrder({ rows, columns }: Table, names: readonly string[]): Uint32Array<ArrayBuffer> | null {
  const keys = names.map((name) => {
    const column = columns.find(({ spec }) => spec.name === name);
    assert(column?.layout === 'fixed' && column.values.BYTES_PER_ELEMENT === 8, `rows can be sorted by ${name}`);
    const { validity, values } = column;
    return { words: wordsOf(values), validity, signBit: values instanceof BigInt64Array ? 0x8000_0000 : 0 };
  });
  if (inOrder(rows, keys)) return null;
  const sorter = new RowSorter(rows);
  for (const { words, validity, signBit } of keys.toReversed()) {
    sorter.sortBy(wordKeys(words, validity, rows, 0, 0));
    sorter.sortBy(wordKeys(words, validity, rows, 1, signBit));
    if (validity !== null) sorter.sortBy(nullKeys(validity, rows));
  }
  return sorter.order;
}

interface SortKey {
  /** Two a row, the lower half first. */
  readonly words: Uint32Array;
  readonly validity: Uint8Array | null;
  /** Flipped in the upper half, signed values compare as unsigned ones. */
  readonly signBit: number;
}

function inOrder(rows: number, keys: readonly SortKey[]): boolean {
  for (let row = 1; row < rows; row++) {
    for (const key of keys) {
      const order = compareToPrevious(key, row);
      if (order < 0) return false;
      if (order > 0) break;
    }
  }
  return true;
}

/** Above zero if the row's key is the larger one. */
function compareToPrevious({ words, validity, signBit }: SortKey, row: number): number {
  if (validity !== null) {
    const valid = isValid(validity, row);
    const previousValid = isValid(validity, row - 1);
    if (!valid || !previousValid) return Number(previousValid) - Number(valid);
  }
  const high = ((words[row * 2 + 1] ?? 0) ^ signBit) >>> 0;
  const previousHigh = ((words[row * 2 - 1] ?? 0) ^ signBit) >>> 0;
  return high === previousHigh ? (words[row * 2] ?? 0) - (words[row * 2 - 2] ?? 0) : high - previousHigh;
}

/** One 32-bit half of each value as an unsigned key; 0 for nulls, so that those stay as they are. */
function wordKeys(
  words: Uint32Array,
  validity: Uint8Array | null,
  rows: number,
  half: 0 | 1,
  signBit: number,
): Uint32Array {
  const keys = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    if (isValid(validity, row)) keys[row] = (words[row * 2 + half] ?? 0) ^ signBit;
  }
  return keys;
}

function nullKeys(validity: Uint8Array, rows: number): Uint32Array {
  const keys = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) if (!isValid(validity, row)) keys[row] = 1;
  return keys;
}

class RowSorter {
  order: Uint32Array<ArrayBuffer>;
  #spare: Uint32Array<ArrayBuffer>;

  constructor(rows: number) {
    this.order = new Uint32Array(rows);
    this.#spare = new Uint32Array(rows);
    for (let row = 0; row < rows; row++) this.order[row] = row;
  }

  sortBy(keys: Uint32Array): void {
    for (let shift = 0; shift < 32; shift += digitBits) this.#sortByDigit(keys, shift);
  }

  #sortByDigit(keys: Uint32Array, shift: number): void {
    const counts = new Uint32Array(digitValues);
    for (let row = 0; row < keys.length; row++) {
      const digit = ((keys[row] ?? 0) >>> shift) & (digitValues - 1);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    if (counts.includes(keys.length)) return;
    let place = 0;
    for (let digit = 0; digit < digitValues; digit++) {
      const count = counts[digit] ?? 0;
      counts[digit] = place;
      place += count;
    }
    const { order } = this;
    const sorted = this.#spare;
    for (let at = 0; at < order.length; at++) {
      const row = order[at] ?? 0;
      const digit = ((keys[row] ?? 0) >>> shift) & (digitValues - 1);
      const to = counts[digit] ?? 0;
      sorted[to] = row;
      counts[digit] = to + 1;
    }
    this.order = sorted;
    this.#spare = order;
  }
}
