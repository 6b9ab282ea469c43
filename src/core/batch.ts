import type { ColumnSpec, ColumnType } from './columns.ts';
import type { PageKernel } from './page-kernel.ts';
import type { VectorKernel } from './vector-kernel.ts';

/** The distinct values of a dictionary column, as an Arrow utf8 array without nulls. */
export interface Dictionary {
  readonly length: number;
  /** `length + 1` entries. */
  readonly offsets: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type FixedValues =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** Bytes a row takes in a column's run of values, codes or offsets. */
export const valueBytes: Readonly<Record<ColumnType, number>> = {
  dictionary: 2,
  utf8: 4,
  timestamp: 8,
  uint8: 1,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
  uuid: 16,
};

interface ColumnBase {
  readonly spec: ColumnSpec;
  /** Arrow validity bitmap: least significant bit first, 1 = valid. Null: every row is valid. */
  readonly validity: Uint8Array<ArrayBuffer> | null;
}

/** Numbers, timestamps (int64 microseconds) and UUIDs (16 bytes a row in RFC 9562 byte order). */
export interface FixedColumn extends ColumnBase {
  readonly layout: 'fixed';
  readonly values: FixedValues;
}

/** Valid UTF-8 bytes between `offsets[row]` and `offsets[row + 1]`. */
export interface Utf8Column extends ColumnBase {
  readonly layout: 'utf8';
  readonly offsets: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** One code a row into `dictionary`; the code of a null row is 0 and means nothing. */
export interface DictionaryColumn extends ColumnBase {
  readonly layout: 'dictionary';
  readonly codes: Uint16Array<ArrayBuffer>;
  readonly dictionary: Dictionary;
}

export type Column = FixedColumn | Utf8Column | DictionaryColumn;

/**
 * Decoded rows in Arrow layout: one column per entry of `columns`, in that order.
 *
 * The buffers belong to the decoder that filled them and are valid until its next `reset`. They are plain
 * ArrayBuffers (never shared ones) and may be longer than `rows` needs.
 */
export interface Batch {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Columns whose order the rows have, as `ORDER BY` them makes it with nulls last; undefined where nobody knows. */
  readonly sortedBy?: readonly string[];
  /** For a writer of columns that lie in its memory. */
  readonly kernel?: VectorKernel;
  /** For an encoder of them. */
  readonly pages?: PageKernel;
}
