import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import { isValid } from '../table.ts';
import { placeIn } from '../vector-memory.ts';

/** Which rows of a table have a value in a column, in the order of the file. */
export interface PresentRows {
  /** 1 for each row of the file that has one, 0 for others; null if all have one, or none has. */
  readonly levels: Uint16Array<ArrayBuffer> | null;
  /** The rows of the table that have one; null if these are the first `count`. */
  readonly rows: Uint32Array<ArrayBuffer> | null;
  readonly count: number;
}

/** Where the rows of a file are in its table; null where they are the same. */
export type Order = Uint32Array<ArrayBuffer> | null;

/** @throws RangeError if the column is shorter than the table. */
export function presentRows(
  validity: Uint8Array<ArrayBuffer> | null,
  tableRows: number,
  order: Order,
  kernel: PageKernel | null,
): PresentRows {
  const all = { levels: null, rows: order, count: tableRows };
  if (validity === null) return all;
  placeIn(validity, 0, (tableRows + 7) >> 3);
  const fast = order === null ? kernelOver(kernel, validity) : null;
  const found = fast === null ? pickRows(validity, tableRows, order) : fast.presentRows(validity.byteOffset, tableRows);
  return found === null || found.rows.length === tableRows ? all : { ...found, count: found.rows.length };
}

function pickRows(validity: Uint8Array, tableRows: number, order: Order) {
  const levels = new Uint16Array(tableRows);
  const rows = new Uint32Array(tableRows);
  let count = 0;
  for (let at = 0; at < tableRows; at++) {
    const row = order === null ? at : (order[at] ?? 0);
    if (!isValid(validity, row)) continue;
    levels[at] = 1;
    rows[count++] = row;
  }
  return { levels, rows: rows.subarray(0, count) };
}
