import { type FixedValues as Values, valueBytes } from '../../core/batch.ts';
import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import { type TableColumnSpec, wordsOf } from '../table.ts';
import { placeIn } from '../vector-memory.ts';
import type { PresentRows } from './present-rows.ts';

/** Values one behind the other, as Parquet stores them. */
export interface FixedValues {
  readonly words: Uint32Array<ArrayBuffer>;
  /** Words of 32 bits a value. */
  readonly width: number;
  readonly count: number;
}

/**
 * The values of the present rows. Those below 32 bits grow to them, as Parquet has none.
 *
 * @throws RangeError if the column is shorter than the table.
 */
export function fixedValues(
  type: Exclude<TableColumnSpec['type'], 'blob'>,
  values: Values,
  tableRows: number,
  present: PresentRows,
  kernel: PageKernel | null,
): FixedValues {
  const { rows, count } = present;
  const bytes = valueBytes[type];
  placeIn(values, 0, tableRows * bytes);
  const width = Math.max(bytes >> 2, 1);
  const at = placeByKernel(kernelOver(kernel, values, rows ?? values), values, bytes, present);
  if (at !== null) return { words: new Uint32Array(values.buffer, at, count * width), width, count };
  if (bytes < 4) return { words: widened(values, rows, count), width, count };
  const words = wordsOf(values);
  return { words: rows === null ? words.subarray(0, count * width) : gathered(words, width, rows), width, count };
}

/** Where a kernel has put values that lie apart or are short; null where nothing is to be done, or nobody does it. */
function placeByKernel(
  kernel: PageKernel | null,
  values: Values,
  bytes: number,
  { rows, count }: PresentRows,
): number | null {
  if (kernel === null) return null;
  if (bytes < 4) return kernel.widen(values.byteOffset, bytes, count, rows === null);
  return rows === null ? null : kernel.gatherPresent(values.byteOffset, bytes, count);
}

function widened(values: Values, rows: Uint32Array | null, count: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(count);
  for (let at = 0; at < count; at++) words[at] = Number(values[rows === null ? at : (rows[at] ?? 0)]);
  return words;
}

function gathered(words: Uint32Array, width: number, rows: Uint32Array): Uint32Array<ArrayBuffer> {
  const into = new Uint32Array(rows.length * width);
  for (let word = 0; word < width; word++) {
    for (let at = 0; at < rows.length; at++) into[at * width + word] = words[(rows[at] ?? 0) * width + word] ?? 0;
  }
  return into;
}

/** The bytes of `count` values from one on. */
export function bytesOf({ words, width }: FixedValues, from: number, count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(words.buffer, words.byteOffset + from * width * 4, count * width * 4);
}
