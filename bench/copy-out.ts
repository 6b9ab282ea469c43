import type { Batch, Column } from '../src/core/batch.ts';

/** The used part of a column's buffers. */
function used(column: Column, rows: number): readonly ArrayBufferView<ArrayBuffer>[] {
  const validity = column.validity === null ? [] : [column.validity.subarray(0, Math.ceil(rows / 8))];
  switch (column.layout) {
    case 'fixed':
      return [...validity, column.values.subarray(0, column.spec.type === 'uuid' ? rows * 16 : rows)];
    case 'utf8':
      return [...validity, column.offsets.subarray(0, rows + 1), column.bytes.subarray(0, column.offsets[rows])];
    case 'dictionary': {
      const { length, offsets, bytes } = column.dictionary;
      const texts = [offsets.subarray(0, length + 1), bytes.subarray(0, offsets[length])];
      return [...validity, column.codes.subarray(0, rows), ...texts];
    }
  }
}

/** Copies batches out of their decoder into memory of its own, which the next batch is written over, as an engine's is. */
export class BatchCopy {
  #memory = new Uint8Array();

  /** @returns bytes copied. */
  take({ rows, columns }: Batch): number {
    const views = columns.flatMap((column) => used(column, rows));
    const bytes = views.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (bytes > this.#memory.length) this.#memory = new Uint8Array(2 * bytes);
    let at = 0;
    for (const { buffer, byteOffset, byteLength } of views) {
      this.#memory.set(new Uint8Array(buffer, byteOffset, byteLength), at);
      at += byteLength;
    }
    return at;
  }
}
