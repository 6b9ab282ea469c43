import type { Batch } from '../core/batch.ts';
import type { ColumnName } from '../core/columns.ts';
import { dictionaryColumn, fixedColumn, isValid, wordsOf } from './table.ts';

/** Rows sharing an identity and a time bucket. */
export interface RowGroups {
  readonly count: number;
  /** Group of each row. */
  readonly groupOf: Uint32Array;
  /** First row of each group. */
  readonly firstRow: Uint32Array;
}

const wide: readonly { name: ColumnName; words: number }[] = [
  { name: 'key_hash', words: 4 },
  { name: 'token_hash', words: 4 },
  { name: 'token', words: 2 },
  { name: 'token_fingerprint', words: 2 },
  { name: 'sas_id', words: 2 },
];
const narrow: readonly ColumnName[] = ['account', 'auth_type', 'key_name'];

/** One key of 32-bit words a row: the bucket, dictionary codes, values, and one word of validity bits. */
function keysOf(batch: Batch, bucketMicros: number): { keys: Uint32Array; width: number } {
  const width = 1 + narrow.length + wide.reduce((sum, { words }) => sum + words, 0) + 1;
  const keys = new Uint32Array(batch.rows * width);
  const time = wordsOf(fixedColumn(batch, 'time').values);
  for (let row = 0; row < batch.rows; row++) {
    const micros = ((time[row * 2 + 1] ?? 0) | 0) * 2 ** 32 + (time[row * 2] ?? 0);
    keys[row * width] = Math.floor(micros / bucketMicros);
  }
  let at = 1;
  let validBit = 1;
  const mark = (row: number) => {
    const last = row * width + width - 1;
    keys[last] = (keys[last] ?? 0) | validBit;
  };
  for (const name of narrow) {
    const { codes, validity } = dictionaryColumn(batch, name);
    for (let row = 0; row < batch.rows; row++) {
      if (!isValid(validity, row)) continue;
      keys[row * width + at] = codes[row] ?? 0;
      mark(row);
    }
    at += 1;
    validBit <<= 1;
  }
  for (const { name, words } of wide) {
    const { values, validity } = fixedColumn(batch, name);
    const source = wordsOf(values);
    for (let row = 0; row < batch.rows; row++) {
      if (!isValid(validity, row)) continue;
      for (let word = 0; word < words; word++) keys[row * width + at + word] = source[row * words + word] ?? 0;
      mark(row);
    }
    at += words;
    validBit <<= 1;
  }
  return { keys, width };
}

/** Groups rows with an open-addressing hash table over their keys. */
export function groupRows(batch: Batch, bucketMicros: number): RowGroups {
  const { keys, width } = keysOf(batch, bucketMicros);
  const { rows } = batch;
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, rows * 2)));
  const slots = new Uint32Array(size);
  const groupOf = new Uint32Array(rows);
  const firstRow = new Uint32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const key = row * width;
    let hash = 0;
    for (let word = 0; word < width; word++) {
      hash = Math.imul(hash ^ (keys[key + word] ?? 0), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    for (let slot = hash & (size - 1); ; slot = (slot + 1) & (size - 1)) {
      const group = (slots[slot] ?? 0) - 1;
      if (group < 0) {
        firstRow[count] = row;
        groupOf[row] = count;
        count += 1;
        slots[slot] = count;
        break;
      }
      const other = (firstRow[group] ?? 0) * width;
      let word = 0;
      while (word < width && keys[key + word] === keys[other + word]) word += 1;
      if (word === width) {
        groupOf[row] = group;
        break;
      }
    }
  }
  return { count, groupOf, firstRow: firstRow.slice(0, count) };
}
