import assert from 'node:assert/strict';
import type { Batch, Column, FixedValues } from '../core/batch.ts';
import { fixedColumn } from '../store/table.ts';
import { timeSpan } from '../store/time-span.ts';

/** Event time [since, until), UTC microseconds: what a replay keeps of what it reads. */
export interface TimeRange {
  readonly since: bigint;
  readonly until: bigint;
}

/**
 * The rows of a batch, which has some, whose event time lies in the range.
 *
 * A batch wholly inside comes back as it is; else its rows are copied to buffers of their own.
 */
export function rowsWithin(batch: Batch, { since, until }: TimeRange): Batch {
  const { minTime, maxTime } = timeSpan(batch);
  if (minTime >= since && maxTime < until) return batch;
  const { values } = fixedColumn(batch, 'time');
  assert(values instanceof BigInt64Array);
  const rows = rowsBetween(values.subarray(0, batch.rows), Number(since), Number(until));
  return { rows: rows.length, columns: batch.columns.map((column) => gather(column, rows)) };
}

/** Reads the values as pairs of words, low first: a bigint for each would be made and thrown away. */
function rowsBetween(times: BigInt64Array, since: number, until: number): number[] {
  const words = new Int32Array(times.buffer, times.byteOffset, times.length * 2);
  const rows: number[] = [];
  for (let row = 0; row < times.length; row++) {
    const at = (words[row * 2 + 1] ?? 0) * 2 ** 32 + ((words[row * 2] ?? 0) >>> 0);
    if (at >= since && at < until) rows.push(row);
  }
  return rows;
}

function gather(column: Column, rows: readonly number[]): Column {
  const validity = column.validity === null ? null : gatherBits(column.validity, rows);
  if (column.layout === 'dictionary') {
    return { ...column, validity, codes: Uint16Array.from(rows, (row) => column.codes[row] ?? 0) };
  }
  if (column.layout === 'fixed') {
    return { ...column, validity, values: gatherFixed(column.values, column.spec.type === 'uuid' ? 16 : 1, rows) };
  }
  const offsets = new Int32Array(rows.length + 1);
  const pieces = rows.map((row, index) => {
    const piece = column.bytes.subarray(column.offsets[row], column.offsets[row + 1]);
    offsets[index + 1] = (offsets[index] ?? 0) + piece.length;
    return piece;
  });
  const bytes = new Uint8Array(offsets[rows.length] ?? 0);
  for (const [index, piece] of pieces.entries()) bytes.set(piece, offsets[index]);
  return { ...column, validity, offsets, bytes };
}

function gatherFixed(values: FixedValues, width: number, rows: readonly number[]): FixedValues {
  const size = width * values.BYTES_PER_ELEMENT;
  const from = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const to = new Uint8Array(rows.length * size);
  for (const [index, row] of rows.entries()) to.set(from.subarray(row * size, (row + 1) * size), index * size);
  const { buffer } = to;
  if (values instanceof Uint8Array) return to;
  if (values instanceof Uint16Array) return new Uint16Array(buffer);
  if (values instanceof Uint32Array) return new Uint32Array(buffer);
  if (values instanceof Int32Array) return new Int32Array(buffer);
  if (values instanceof BigInt64Array) return new BigInt64Array(buffer);
  return values instanceof BigUint64Array ? new BigUint64Array(buffer) : new Float64Array(buffer);
}

function gatherBits(bits: Uint8Array, rows: readonly number[]): Uint8Array<ArrayBuffer> {
  const gathered = new Uint8Array((rows.length + 7) >> 3);
  for (const [index, row] of rows.entries()) {
    if (((bits[row >> 3] ?? 0) >> (row & 7)) & 1)
      gathered[index >> 3] = (gathered[index >> 3] ?? 0) | (1 << (index & 7));
  }
  return gathered;
}
