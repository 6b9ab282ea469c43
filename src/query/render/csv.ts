import type { CellKind, QueryResult } from '../cell.ts';
import { cellText } from './cell-text.ts';
import type { Sink } from './sink.ts';

/** Beginnings that a spreadsheet takes for a formula, full-width forms included. */
const formula = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const measured: ReadonlySet<CellKind> = new Set(['number', 'integer', 'boolean', 'timestamp']);

/** One field after RFC 4180; a text a spreadsheet would run gets a leading `'`. */
export function csvField(text: string, kind: CellKind): string {
  const safe = !measured.has(kind) && formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** CSV with a heading line, comma, CRLF and quotes where needed; null is empty. */
export async function renderCsv({ columns, batches }: QueryResult, sink: Sink): Promise<void> {
  await sink(`${columns.map(({ name }) => csvField(name, 'text')).join(',')}\r\n`);
  for await (const rows of batches) {
    const lines = rows.map((row) =>
      columns.map(({ kind }, i) => csvField(cellText(row[i] ?? null, kind), kind)).join(','),
    );
    await sink(lines.map((line) => `${line}\r\n`).join(''));
  }
}
