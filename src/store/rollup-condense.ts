import type { Batch } from '../core/batch.ts';
import { bucketMicros, type Condensed } from './rollup-columns.ts';
import { countedRows, rollupCounts } from './rollup-counts.ts';
import { groupRows, type RowGroups } from './rollup-groups.ts';
import { identityOf } from './rollup-identity.ts';
import { rollupSketches, rollupWords } from './rollup-sketches.ts';
import { rollupSuffixes } from './rollup-suffixes.ts';
import type { RollupTraits } from './rollup-traits.ts';
import { fixedColumn, wordsOf } from './table.ts';

/** Condenses any batch, in plain TypeScript; the scanner does the same to its own batches in its memory. */
export function condense(batch: Batch, traits: RollupTraits): Condensed {
  const groups = groupRows(batch, bucketMicros);
  const counted = countedRows(batch);
  return {
    groups: groups.count,
    identity: identityOf(batch, groups.firstRow),
    values: {
      ...rollupCounts(batch, groups, counted, traits),
      ...times(batch, groups),
      bytes_out: sums(batch, 'response_body_bytes', groups, counted),
      bytes_in: sums(batch, 'request_body_bytes', groups, counted),
      ...rollupWords(batch, groups, counted, traits),
    },
    sketches: rollupSketches(batch, groups, counted, traits),
    suffixes: rollupSuffixes(batch, groups, counted, traits),
  };
}

const twoTo32 = 2 ** 32;

/** A 64-bit value as a number: exact up to 2^53, which microseconds and bytes stay below. */
function numberAt(words: Uint32Array, row: number): number {
  return ((words[row * 2 + 1] ?? 0) | 0) * twoTo32 + (words[row * 2] ?? 0);
}

/** Whole numbers as 64-bit values, in halves: that costs no BigInt. */
function int64s(values: Float64Array): BigInt64Array<ArrayBuffer> {
  const halves = new Uint32Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    halves[i * 2] = value;
    halves[i * 2 + 1] = Math.floor(value / twoTo32);
  }
  return new BigInt64Array(halves.buffer);
}

function times(batch: Batch, { count, groupOf }: RowGroups) {
  const words = wordsOf(fixedColumn(batch, 'time').values);
  const min = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const max = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < batch.rows; row++) {
    const group = groupOf[row] ?? 0;
    const time = numberAt(words, row);
    if (time < (min[group] ?? 0)) min[group] = time;
    if (time > (max[group] ?? 0)) max[group] = time;
  }
  const bucket = min.map((time) => Math.floor(time / bucketMicros) * bucketMicros);
  return { bucket: int64s(bucket), min_time: int64s(min), max_time: int64s(max) };
}

function sums(
  batch: Batch,
  name: 'response_body_bytes' | 'request_body_bytes',
  { count, groupOf }: RowGroups,
  counted: Uint8Array,
): BigInt64Array<ArrayBuffer> {
  const words = wordsOf(fixedColumn(batch, name).values);
  const totals = new Float64Array(count);
  for (let row = 0; row < batch.rows; row++) {
    if (counted[row] === 0) continue;
    const group = groupOf[row] ?? 0;
    totals[group] = (totals[group] ?? 0) + numberAt(words, row);
  }
  return int64s(totals);
}
