import assert from 'node:assert/strict';
import type { Batch } from '../core/batch.ts';
import { kernelOver } from './kernel-values.ts';
import { fixedColumn, wordsOf } from './table.ts';

/** Smallest and largest event time of a batch that has rows, UTC microseconds. */
export function timeSpan(batch: Batch): { minTime: bigint; maxTime: bigint } {
  const { values } = fixedColumn(batch, 'time');
  assert(values instanceof BigInt64Array);
  const fast = kernelOver(batch.pages ?? null, values);
  if (fast === null) return spanOf(wordsOf(values), batch.rows);
  const [least, greatest] = fast.extremes(values.byteOffset, 8, batch.rows, true);
  return { minTime: values[least] ?? 0n, maxTime: values[greatest] ?? 0n };
}

/** Reads the values as pairs of words, low first: a bigint for each would be made and thrown away. */
function spanOf(words: Uint32Array, rows: number): { minTime: bigint; maxTime: bigint } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    const micros = ((words[row * 2 + 1] ?? 0) | 0) * 2 ** 32 + (words[row * 2] ?? 0);
    if (micros < min) min = micros;
    if (micros > max) max = micros;
  }
  return { minTime: BigInt(min), maxTime: BigInt(max) };
}
