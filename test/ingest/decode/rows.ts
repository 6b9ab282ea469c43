import type { Batch, Column } from '../../../src/core/batch.ts';
import type { ColumnName } from '../../../src/core/columns.ts';
import type { Table, TableColumn } from '../../../src/store/table.ts';

type Value = string | number | bigint | null;

export type Row = Readonly<Partial<Record<ColumnName, Value>>>;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textAt(offsets: Int32Array, bytes: Uint8Array, index: number): string {
  return strict.decode(bytes.subarray(offsets[index]!, offsets[index + 1]!));
}

function valueAt(column: Column | TableColumn, row: number): Value {
  const { validity } = column;
  if (validity !== null && ((validity[row >> 3]! >> (row & 7)) & 1) === 0) return null;
  if (column.layout === 'utf8') return textAt(column.offsets, column.bytes, row);
  if (column.layout === 'dictionary') {
    return textAt(column.dictionary.offsets, column.dictionary.bytes, column.codes[row]!);
  }
  if (column.spec.type !== 'uuid') return column.values[row]!;
  return Buffer.from(column.values.buffer, column.values.byteOffset + row * 16, 16).toString('hex');
}

function objectsOf(rows: number, columns: readonly (Column | TableColumn)[]): Record<string, Value>[] {
  return Array.from({ length: rows }, (_, row) => {
    const entries = columns.map((column) => [column.spec.name, valueAt(column, row)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== null));
  });
}

/**
 * The rows of a batch as objects without their nulls; a UUID is 32 hex digits. Throws on bytes that are not UTF-8.
 *
 * @param names columns to read, all of them unless given.
 */
export function rowsOf(batch: Batch, names?: readonly ColumnName[]): Row[] {
  const columns = batch.columns.filter(({ spec }) => names?.some((name) => name === spec.name) ?? true);
  return objectsOf(batch.rows, columns);
}

/** SAS parameter sets as objects without their nulls, in the order of their ids. */
export function sasRowsOf({ rows, columns }: Table): Record<string, Value>[] {
  return objectsOf(rows, columns).toSorted((a, b) => (BigInt(a['sas_id']!) < BigInt(b['sas_id']!) ? -1 : 1));
}
