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

/** A column of the key: `width` words a row. */
interface KeyColumn {
  readonly words: Uint32Array | Uint16Array;
  readonly width: number;
  readonly validity: Uint8Array | null;
}

const narrow: readonly ColumnName[] = ['account', 'auth_type', 'key_name'];
const wide: readonly { name: ColumnName; width: number }[] = [
  { name: 'token', width: 2 },
  { name: 'token_hash', width: 4 },
  { name: 'token_fingerprint', width: 2 },
  { name: 'sas_id', width: 2 },
  { name: 'key_hash', width: 4 },
];

function keyColumns(batch: Batch, bucketMicros: number): KeyColumn[] {
  return [
    { words: buckets(batch, bucketMicros), width: 1, validity: null },
    ...narrow.map((name) => {
      const { codes, validity } = dictionaryColumn(batch, name);
      return { words: codes, width: 1, validity };
    }),
    ...wide.map(({ name, width }) => {
      const { values, validity } = fixedColumn(batch, name);
      return { words: wordsOf(values), width, validity };
    }),
  ];
}

function buckets(batch: Batch, bucketMicros: number): Uint32Array {
  const words = wordsOf(fixedColumn(batch, 'time').values);
  const numbers = new Uint32Array(batch.rows);
  for (let row = 0; row < batch.rows; row++) {
    const micros = ((words[row * 2 + 1] ?? 0) | 0) * 2 ** 32 + (words[row * 2] ?? 0);
    numbers[row] = Math.floor(micros / bucketMicros);
  }
  return numbers;
}

/** Of the first word of each column: the wide ones are hashes already. */
function keyHash(columns: readonly KeyColumn[], row: number): number {
  let hash = 0;
  for (const { words, width, validity } of columns) {
    const word = isValid(validity, row) ? (words[row * width] ?? 0) : -1;
    const mixed = Math.imul(hash ^ word, 0x9e3779b1);
    hash = mixed ^ (mixed >>> 15);
  }
  return hash;
}

function sameKey(columns: readonly KeyColumn[], row: number, other: number): boolean {
  for (const { words, width, validity } of columns) {
    const valid = isValid(validity, row);
    if (valid !== isValid(validity, other)) return false;
    if (!valid) continue;
    for (let word = 0; word < width; word++) {
      if (words[row * width + word] !== words[other * width + word]) return false;
    }
  }
  return true;
}

/**
 * Groups rows with an open-addressing hash table over the columns of their keys. Most rows of a sorted batch belong to the
 * group of the row before them, which is asked first.
 */
export function groupRows(batch: Batch, bucketMicros: number): RowGroups {
  const { rows } = batch;
  const columns = keyColumns(batch, bucketMicros);
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, rows * 2)));
  const slots = new Uint32Array(size);
  const groupOf = new Uint32Array(rows);
  const firstRow = new Uint32Array(rows);
  const hashes = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (row > 0 && sameKey(columns, row, row - 1)) {
      groupOf[row] = groupOf[row - 1] ?? 0;
      continue;
    }
    const hash = keyHash(columns, row);
    for (let slot = hash & (size - 1); ; slot = (slot + 1) & (size - 1)) {
      const group = (slots[slot] ?? 0) - 1;
      if (group < 0) {
        firstRow[count] = row;
        hashes[count] = hash;
        groupOf[row] = count;
        count += 1;
        slots[slot] = count;
        break;
      }
      const other = firstRow[group] ?? 0;
      if (hashes[group] === hash && sameKey(columns, row, other)) {
        groupOf[row] = group;
        break;
      }
    }
  }
  return { count, groupOf, firstRow: firstRow.subarray(0, count) };
}
