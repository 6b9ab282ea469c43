import assert from 'node:assert/strict';
import type { DuckDBType } from '@duckdb/node-api';
import type {
  Batch,
  Column,
  Dictionary,
  DictionaryColumn,
  FixedColumn,
  FixedValues,
  Utf8Column,
} from '../core/batch.ts';
import { type ColumnName, type ColumnType, columns } from '../core/columns.ts';
import {
  BIGINT,
  BLOB,
  DOUBLE,
  INTEGER,
  TIMESTAMP,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  UUID,
  VARCHAR,
} from '../core/duckdb.ts';
import type { PageKernel } from '../core/page-kernel.ts';
import type { VectorKernel } from '../core/vector-kernel.ts';

export interface TableColumnSpec {
  readonly name: string;
  /** `blob`: like `utf8`, of bytes that are no text; never compared for equality (DuckDB 1.5 finds nothing in Parquet). */
  readonly type: ColumnType | 'blob';
}

type Of<C extends Column> = Omit<C, 'spec'> & { readonly spec: TableColumnSpec };

export type TableColumn = Of<FixedColumn> | Of<Utf8Column> | Of<DictionaryColumn>;

/** Columns in Arrow layout that become one Parquet file; every `Batch` is one. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly TableColumn[];
  /** Columns whose order the rows have, as `ORDER BY` them makes it with nulls last; undefined where nobody knows. */
  readonly sortedBy?: readonly string[];
  /** For a writer of columns that lie in its memory. */
  readonly kernel?: VectorKernel;
  /** For an encoder of them. */
  readonly pages?: PageKernel;
}

const types: Readonly<Record<TableColumnSpec['type'], DuckDBType>> = {
  dictionary: VARCHAR,
  utf8: VARCHAR,
  timestamp: TIMESTAMP,
  uint8: UTINYINT,
  uint16: USMALLINT,
  int32: INTEGER,
  uint32: UINTEGER,
  int64: BIGINT,
  uint64: UBIGINT,
  float64: DOUBLE,
  uuid: UUID,
  blob: BLOB,
};

/** The DuckDB type a column has in Parquet files and views. */
export function databaseType({ type }: TableColumnSpec): DuckDBType {
  return types[type];
}

/** The same as SQL writes it. */
export function sqlType(spec: TableColumnSpec): string {
  return databaseType(spec).toString();
}

/** Column definitions as `"time" TIMESTAMP, …`, for CREATE TABLE and for empty views. */
export function columnDefinitions(specs: readonly TableColumnSpec[]): string {
  return specs.map((spec) => `"${spec.name}" ${sqlType(spec)}`).join(', ');
}

const places = new Map<ColumnName, number>(columns.map(({ name }, index) => [name, index]));

function columnOf(batch: Batch, name: ColumnName): Column {
  const column = batch.columns[places.get(name) ?? -1];
  assert(column !== undefined && column.spec.name === name, `a batch has the column ${name} in its place`);
  return column;
}

export function fixedColumn(batch: Batch, name: ColumnName): FixedColumn {
  const column = columnOf(batch, name);
  assert(column.layout === 'fixed');
  return column;
}

export function utf8Column(batch: Batch, name: ColumnName): Utf8Column {
  const column = columnOf(batch, name);
  assert(column.layout === 'utf8');
  return column;
}

export function dictionaryColumn(batch: Batch, name: ColumnName): DictionaryColumn {
  const column = columnOf(batch, name);
  assert(column.layout === 'dictionary');
  return column;
}

/** True if the row has a value, given an Arrow validity bitmap. */
export function isValid(validity: Uint8Array | null, row: number): boolean {
  return validity === null || ((validity[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
}

/** Little-endian 32-bit words of fixed-width values; UUIDs that begin at an odd place are copied. */
export function wordsOf(values: FixedValues): Uint32Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = values.byteOffset % 4 === 0 ? values : values.slice();
  return new Uint32Array(buffer, byteOffset, byteLength >> 2);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws TypeError if the bytes are no UTF-8, which no decoder may let through: Parquet with it cannot be read. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The dictionary's entries, in code order. */
export function entriesOf({ length, offsets, bytes }: Dictionary): Uint8Array[] {
  return Array.from({ length }, (_, code) => bytes.subarray(offsets[code], offsets[code + 1]));
}

/** The same as texts. @throws TypeError as `textOf`. */
export function textsOf({ length, offsets, bytes }: Dictionary): string[] {
  const [first, last] = [offsets[0] ?? 0, offsets[length] ?? 0];
  const whole = textOf(bytes.subarray(first, last));
  // Cutting one text costs far less than decoding thousands; in ASCII a byte is a character.
  const cut =
    whole.length === last - first
      ? (from: number, to: number) => whole.slice(from - first, to - first)
      : (from: number, to: number) => textOf(bytes.subarray(from, to));
  return Array.from({ length }, (_, code) => cut(offsets[code] ?? 0, offsets[code + 1] ?? 0));
}

/** A text column made from values. */
export function textColumn(name: string, values: readonly (string | null)[]): Of<Utf8Column> {
  const bytes = new Uint8Array(Buffer.from(values.join('')));
  const units = values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
  // Measuring each text costs more than all the rest; ASCII has as many bytes as characters.
  const lengthOf = bytes.length === units ? (text: string) => text.length : (text: string) => Buffer.byteLength(text);
  const offsets = new Int32Array(values.length + 1);
  const validity = new Uint8Array((values.length + 7) >> 3);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? null;
    offsets[row + 1] = (offsets[row] ?? 0) + (value === null ? 0 : lengthOf(value));
    if (value !== null) validity[row >> 3] = (validity[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return { layout: 'utf8', spec: { name, type: 'utf8' }, validity, offsets, bytes };
}
