import { type Cell, isoMicros, type QueryResult } from '../cell.ts';
import type { Sink } from './sink.ts';

/** Valid inside a JSON string, yet able to steer a terminal: DEL, C1 and the marks that reorder or hide text. */
const unsafe = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A value as one line of JSON that is safe on a terminal; integers JSON's readers would round become texts. */
export function jsonLine(value: unknown): string {
  const json = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return Number.isSafeInteger(Number(inner)) ? Number(inner) : String(inner);
    return typeof inner === 'number' && !Number.isFinite(inner) ? String(inner) : inner;
  });
  return `${json.replaceAll(unsafe, unicodeEscape)}\n`;
}

/** The cell as JSON shows it: times as ISO 8601 with six decimals. */
export function jsonCell(cell: Cell, kind: string): unknown {
  return kind === 'timestamp' && typeof cell === 'bigint' ? isoMicros(cell) : cell;
}

/** JSON Lines: one object a row, keys in the order of the columns. */
export async function renderJsonl({ columns, batches }: QueryResult, sink: Sink): Promise<void> {
  for await (const rows of batches) {
    const lines = rows.map((row) =>
      jsonLine(Object.fromEntries(columns.map(({ name, kind }, i) => [name, jsonCell(row[i] ?? null, kind)]))),
    );
    await sink(lines.join(''));
  }
}
