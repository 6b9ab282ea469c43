import type { Batch, Column } from '../src/core/batch.ts';

function copy(column: Column, rows: number): readonly ArrayBufferView[] {
  const validity = column.validity === null ? [] : [column.validity.slice(0, Math.ceil(rows / 8))];
  switch (column.layout) {
    case 'fixed':
      return [...validity, column.values.slice(0, column.spec.type === 'uuid' ? rows * 16 : rows)];
    case 'utf8':
      return [...validity, column.offsets.slice(0, rows + 1), column.bytes.slice(0, column.offsets[rows])];
    case 'dictionary': {
      const { length, offsets, bytes } = column.dictionary;
      const texts = [offsets.slice(0, length + 1), bytes.slice(0, offsets[length])];
      return [...validity, column.codes.slice(0, rows), ...texts];
    }
  }
}

/** The used part of every buffer of a batch in memory of its own, as a consumer needs it that keeps batches. */
export function copyOut({ rows, columns }: Batch): ArrayBufferView[] {
  return columns.flatMap((column) => copy(column, rows));
}
