import type { Vector } from '@duckdb/node-bindings';
import { duckdb } from '../core/duckdb.ts';

/** Rows of one DuckDB vector. */
export const vectorRows = 2048;

/**
 * Copies bytes of a view to the first rows of a vector.
 *
 * @param from first byte within the view.
 */
export function copyToVector(vector: Vector, view: ArrayBufferView<ArrayBuffer>, from: number, length: number): void {
  if (from < 0 || from + length > view.byteLength) {
    throw new RangeError(`bytes ${from} to ${from + length} of ${view.byteLength}`);
  }
  duckdb.copy_data_to_vector(vector, 0, view.buffer, view.byteOffset + from, length);
}

/** The same for the vector's validity bitmap, whose form is Arrow's. */
export function copyToValidity(vector: Vector, view: ArrayBufferView<ArrayBuffer>, from: number, length: number): void {
  if (from < 0 || from + length > view.byteLength) {
    throw new RangeError(`bytes ${from} to ${from + length} of ${view.byteLength}`);
  }
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, view.buffer, view.byteOffset + from, length);
}
