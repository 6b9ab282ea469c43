import { entriesOf, isValid, type Table, type TableColumn, textOf } from '../../src/store/table.ts';

/** Text, number, bigint, bytes and UUIDs as hex digits, or null. */
function cellOf(column: TableColumn, row: number): string | number | bigint | null {
  if (!isValid(column.validity, row)) return null;
  if (column.layout === 'dictionary') return textOf(entriesOf(column.dictionary)[column.codes[row]!]!);
  if (column.layout === 'utf8') {
    return Buffer.from(column.bytes.subarray(column.offsets[row], column.offsets[row + 1])).toString('hex');
  }
  if (column.spec.type !== 'uuid') return column.values[row]!;
  return Buffer.from(column.values.buffer, column.values.byteOffset + row * 16, 16).toString('hex');
}

/** The rows of a rollup as objects. */
export function cellsOf({ rows, columns }: Table): Record<string, string | number | bigint | null>[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(columns.map((column) => [column.spec.name, cellOf(column, row)])),
  );
}
