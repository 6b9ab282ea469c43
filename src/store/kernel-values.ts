import type { Vector } from '@duckdb/node-bindings';
import type { FixedValues } from '../core/batch.ts';
import type { VectorKernel } from '../core/vector-kernel.ts';
import { elementBytes, type HeapTexts } from './text-heap.ts';
import { assertCode, copyToVector, placeIn } from './vector-memory.ts';

/** Writes rows `start` to `start + count` of a column, in the order they have. */
type RunOfValues = (vector: Vector, start: number, count: number) => void;

/** The kernel, if the values lie in its memory. */
export function kernelOver<K extends { readonly memory: ArrayBuffer }>(
  kernel: K | null,
  ...values: readonly ArrayBufferView[]
): K | null {
  return kernel !== null && values.every(({ buffer }) => buffer === kernel.memory) ? kernel : null;
}

/** Codes of an ENUM of up to 255 values. */
export function kernelCodes(kernel: VectorKernel, codes: Uint16Array<ArrayBuffer>, length: number): RunOfValues {
  return (vector, start, count) => {
    assertCode(kernel.narrowCodes(placeIn(codes, start * 2, count * 2), count), length);
    copyToVector(vector, kernel.made, 0, count);
  };
}

export function kernelUuids(kernel: VectorKernel, values: FixedValues): RunOfValues {
  return (vector, start, count) => {
    kernel.flipUuids(placeIn(values, start * 16, count * 16), count);
    copyToVector(vector, kernel.made, 0, count * 16);
  };
}

/** @param otherwise says what is wrong with texts that the kernel does not take. */
export function kernelTexts(kernel: VectorKernel, texts: HeapTexts, otherwise: RunOfValues): RunOfValues {
  return (vector, start, count) => {
    if (texts.make(kernel, start, count)) copyToVector(vector, kernel.made, 0, count * elementBytes);
    else otherwise(vector, start, count);
  };
}
