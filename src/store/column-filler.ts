import type { LogicalType, Vector } from '@duckdb/node-bindings';
import type { Dictionary, FixedValues } from '../core/batch.ts';
import { duckdb } from '../core/duckdb.ts';
import type { VectorKernel } from '../core/vector-kernel.ts';
import { kernelCodes, kernelOver, kernelTexts, kernelUuids } from './kernel-values.ts';
import { databaseType, isValid, type TableColumn, textsOf, wordsOf } from './table.ts';
import { elementBytes, type HeapTexts, type TextHeap } from './text-heap.ts';
import { assertCode, copyToValidity, copyToVector, vectorRows } from './vector-memory.ts';

/** Writes one column of a table into DuckDB's vectors. */
export interface ColumnFiller {
  readonly name: string;
  readonly type: LogicalType;
  /** Writes rows `start` to `start + count` of the file, at most one vector of them; `start` is a multiple of 8. */
  fill(vector: Vector, start: number, count: number): void;
}

/** Writes the values of `rows`, or of `start` to `start + count` where that is null. */
type Values = (vector: Vector, start: number, count: number, rows: Uint32Array | null) => void;

/** Larger dictionaries become text: making an ENUM type of them costs as much as it saves. */
export const enumEntriesMax = 8_191;

const scratch = new Uint32Array(vectorRows * 4);
const scratchShorts = new Uint16Array(scratch.buffer);
const scratchBytes = new Uint8Array(scratch.buffer);

/**
 * @param order row of the table for each row of the file; null where they are the same.
 * @param heap keeps texts until the query has ended.
 * @param kernel the table's.
 * @throws Error if a text is no valid UTF-8.
 */
export function columnFiller(
  column: TableColumn,
  tableRows: number,
  order: Uint32Array | null,
  heap: TextHeap,
  kernel: VectorKernel | null = null,
): ColumnFiller {
  const { type, values } = valuesOf(column, tableRows, heap, order === null ? kernel : null);
  const { validity, spec } = column;
  return {
    name: spec.name,
    type,
    fill(vector, start, count) {
      const rows = order === null ? null : order.subarray(start, start + count);
      values(vector, start, count, rows);
      if (validity !== null) fillValidity(vector, validity, start, count, rows);
    },
  };
}

/** @param kernel null also where rows have to be gathered. */
function valuesOf(
  column: TableColumn,
  tableRows: number,
  heap: TextHeap,
  kernel: VectorKernel | null,
): { type: LogicalType; values: Values } {
  const plainType = () => databaseType(column.spec).toLogicalType().logical_type;
  if (column.layout === 'utf8') {
    const kind = column.spec.type === 'blob' ? 'blob' : 'text';
    const texts = heap.take(column, tableRows, kind);
    return { type: plainType(), values: textValues(texts, kernelOver(kernel, column.offsets, column.bytes)) };
  }
  if (column.layout === 'dictionary') {
    const { dictionary, codes } = column;
    if (!fitsEnum(dictionary)) {
      return { type: plainType(), values: codedValues(codes, heap.take(dictionary, dictionary.length, 'text')) };
    }
    const { length } = dictionary;
    // An ENUM needs a value, even if every row is null.
    const type = duckdb.create_enum_type(length === 0 ? [''] : textsOf(dictionary));
    return { type, values: enumCodes(codes, length, kernelOver(kernel, codes)) };
  }
  const { values } = column;
  if (column.spec.type !== 'uuid') return { type: plainType(), values: fixedValues(values) };
  return { type: plainType(), values: uuidValues(values, kernelOver(kernel, values)) };
}

/** False for dictionaries that are large, or hold a NUL, at which the names of ENUM values end. */
function fitsEnum({ length, offsets, bytes }: Dictionary): boolean {
  return length <= enumEntriesMax && !bytes.subarray(0, offsets[length]).includes(0);
}

function fixedValues(values: FixedValues): Values {
  switch (values.BYTES_PER_ELEMENT) {
    case 1:
      return elementValues(values, scratchBytes);
    case 2:
      return elementValues(values, scratchShorts);
    default:
      return wordValues(wordsOf(values), values.BYTES_PER_ELEMENT >> 2);
  }
}

function elementValues(values: FixedValues, into: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>): Values {
  const size = values.BYTES_PER_ELEMENT;
  return (vector, start, count, rows) => {
    if (rows === null) copyToVector(vector, values, start * size, count * size);
    else {
      for (let i = 0; i < count; i++) into[i] = Number(values[rows[i] ?? 0]);
      copyToVector(vector, into, 0, count * size);
    }
  };
}

/** Values of one, two or four 32-bit words. */
function wordValues(words: Uint32Array<ArrayBuffer>, width: number): Values {
  return (vector, start, count, rows) => {
    if (rows === null) copyToVector(vector, words, start * width * 4, count * width * 4);
    else {
      gatherWords(words, width, count, rows);
      copyToVector(vector, scratch, 0, count * width * 4);
    }
  };
}

function gatherWords(words: Uint32Array, width: number, count: number, rows: Uint32Array): void {
  if (width === 1) {
    for (let i = 0; i < count; i++) scratch[i] = words[rows[i] ?? 0] ?? 0;
  } else if (width === 2) {
    for (let i = 0; i < count; i++) {
      const from = (rows[i] ?? 0) * 2;
      scratch[i * 2] = words[from] ?? 0;
      scratch[i * 2 + 1] = words[from + 1] ?? 0;
    }
  } else {
    for (let i = 0; i < count; i++) {
      const from = (rows[i] ?? 0) * 4;
      scratch[i * 4] = words[from] ?? 0;
      scratch[i * 4 + 1] = words[from + 1] ?? 0;
      scratch[i * 4 + 2] = words[from + 2] ?? 0;
      scratch[i * 4 + 3] = words[from + 3] ?? 0;
    }
  }
}

/** DuckDB's UUID is a little-endian 128-bit integer with its first bit flipped, so that it sorts as a signed one. */
function uuidValues(values: FixedValues, kernel: VectorKernel | null): Values {
  if (kernel !== null) return kernelUuids(kernel, values);
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  return (vector, start, count, rows) => {
    for (let i = 0; i < count; i++) {
      const from = (rows === null ? start + i : (rows[i] ?? 0)) * 16;
      scratch[i * 4] = view.getUint32(from + 12);
      scratch[i * 4 + 1] = view.getUint32(from + 8);
      scratch[i * 4 + 2] = view.getUint32(from + 4);
      scratch[i * 4 + 3] = view.getUint32(from) ^ 0x8000_0000;
    }
    copyToVector(vector, scratch, 0, count * 16);
  };
}

/** Codes of an ENUM, which DuckDB keeps in a byte up to 255 values and in two from there on. */
function enumCodes(codes: Uint16Array<ArrayBuffer>, length: number, kernel: VectorKernel | null): Values {
  if (length <= 255 && kernel !== null) return kernelCodes(kernel, codes, length);
  const gather = length <= 255 ? gatherNarrowCodes : gatherCodes;
  const width = length <= 255 ? 1 : 2;
  return (vector, start, count, rows) => {
    assertCode(gather(codes, start, count, rows), length);
    copyToVector(vector, scratchBytes, 0, count * width);
  };
}

/** Writes codes below 256 to the scratch, a byte each. @returns the largest. */
function gatherNarrowCodes(codes: Uint16Array, start: number, count: number, rows: Uint32Array | null): number {
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const code = codes[rows === null ? start + i : (rows[i] ?? 0)] ?? 0;
    if (code > largest) largest = code;
    scratchBytes[i] = code;
  }
  return largest;
}

/** Writes codes to the scratch, two bytes each. @returns the largest. */
function gatherCodes(codes: Uint16Array, start: number, count: number, rows: Uint32Array | null): number {
  let largest = 0;
  for (let i = 0; i < count; i++) {
    const code = codes[rows === null ? start + i : (rows[i] ?? 0)] ?? 0;
    if (code > largest) largest = code;
    scratchShorts[i] = code;
  }
  return largest;
}

function textValues(texts: HeapTexts, kernel: VectorKernel | null): Values {
  const values: Values = (vector, start, count, rows) => {
    for (let i = 0; i < count; i++) texts.write(rows === null ? start + i : (rows[i] ?? 0), scratch, i * 4);
    copyToVector(vector, scratch, 0, count * elementBytes);
  };
  if (kernel === null) return values;
  return kernelTexts(kernel, texts, (vector, start, count) => values(vector, start, count, null));
}

const chunkCodes = new Uint16Array(vectorRows);

/** Texts of a dictionary, by code. */
function codedValues(codes: Uint16Array, texts: HeapTexts): Values {
  return (vector, start, count, rows) => {
    assertCode(gatherCodes(codes, start, count, rows), texts.count);
    chunkCodes.set(scratchShorts.subarray(0, count));
    for (let i = 0; i < count; i++) texts.write(chunkCodes[i] ?? 0, scratch, i * 4);
    copyToVector(vector, scratch, 0, count * elementBytes);
  };
}

function fillValidity(
  vector: Vector,
  validity: Uint8Array<ArrayBuffer>,
  start: number,
  count: number,
  rows: Uint32Array | null,
): void {
  const length = (count + 7) >> 3;
  if (rows === null) {
    if (!allValid(validity, start >> 3, count)) copyToValidity(vector, validity, start >> 3, length);
    return;
  }
  scratchBytes.fill(0, 0, length);
  for (let i = 0; i < count; i++) {
    if (isValid(validity, rows[i] ?? 0)) scratchBytes[i >> 3] = (scratchBytes[i >> 3] ?? 0) | (1 << (i & 7));
  }
  if (!allValid(scratchBytes, 0, count)) copyToValidity(vector, scratchBytes, 0, length);
}

/** True if the `count` rows that begin with a byte are all valid: a vector without a bitmap is less work for DuckDB. */
function allValid(validity: Uint8Array, from: number, count: number): boolean {
  const whole = from + (count >> 3);
  for (let at = from; at < whole; at++) if (validity[at] !== 0xff) return false;
  const rest = (1 << (count & 7)) - 1;
  return ((validity[whole] ?? 0) & rest) === rest;
}
