import { type Cell, type CellKind, isoMicros } from '../cell.ts';

/** A cell as plain text, as tables and CSV show it; null is empty. */
export function cellText(cell: Cell, kind: CellKind): string {
  if (cell === null) return '';
  if (kind === 'timestamp' && typeof cell === 'bigint') return isoMicros(cell);
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
