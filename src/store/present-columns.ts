import type { Table, TableColumn } from './table.ts';

function hasValue({ validity }: TableColumn, rows: number): boolean {
  if (validity === null) return true;
  const whole = rows >> 3;
  for (let at = 0; at < whole; at++) if (validity[at] !== 0) return true;
  return ((validity[whole] ?? 0) & ((1 << (rows & 7)) - 1)) !== 0;
}

/**
 * The columns that have a value in some row. The others need not be written: what a file lacks is null for readers, and
 * 122,880 nulls cost DuckDB's writer as much as as many texts of a small dictionary.
 *
 * @param kept names of columns that stay in any case.
 */
export function presentColumns(table: Table, kept: readonly string[] = []): Table {
  const { rows, columns } = table;
  return { ...table, columns: columns.filter((column) => kept.includes(column.spec.name) || hasValue(column, rows)) };
}
