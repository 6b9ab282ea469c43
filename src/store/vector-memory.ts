import assert from 'node:assert/strict';
import type { Vector } from '@duckdb/node-bindings';
import { duckdb } from '../core/duckdb.ts';

/** Rows of one DuckDB vector. */
export const vectorRows = 2048;

/**
 * Where bytes of a view lie in its buffer.
 *
 * @throws RangeError if it does not have them all.
 */
export function placeIn(view: ArrayBufferView<ArrayBuffer>, from: number, length: number): number {
  if (from < 0 || from + length > view.byteLength) {
    throw new RangeError(`bytes ${from} to ${from + length} of ${view.byteLength}`);
  }
  return view.byteOffset + from;
}

/** Refuses a code no value belongs to: DuckDB reads the value of a code without a look at how many there are. */
export function assertCode(largest: number, length: number): void {
  assert(largest < Math.max(1, length), `code ${largest} of a dictionary of ${length}`);
}

/**
 * Copies bytes of a view to the first rows of a vector.
 *
 * @param from first byte within the view.
 */
export function copyToVector(vector: Vector, view: ArrayBufferView<ArrayBuffer>, from: number, length: number): void {
  duckdb.copy_data_to_vector(vector, 0, view.buffer, placeIn(view, from, length), length);
}

/** The same for the vector's validity bitmap, whose form is Arrow's. */
export function copyToValidity(vector: Vector, view: ArrayBufferView<ArrayBuffer>, from: number, length: number): void {
  const place = placeIn(view, from, length);
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, view.buffer, place, length);
}
