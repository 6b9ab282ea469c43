import type { QueryResult } from '../cell.ts';
import { renderCsv } from './csv.ts';
import { renderJsonl } from './jsonl.ts';
import type { Sink } from './sink.ts';
import { renderTable } from './table.ts';
import { terminalText } from './terminal-text.ts';

/** Formats a result can be written in while it streams; Parquet is written by the query process itself. */
export const streamFormats = ['table', 'json', 'csv', 'arrow'] as const;

export type StreamFormat = (typeof streamFormats)[number];

export interface Screen {
  /** Whether `sink` ends on a terminal, where no text may act. */
  readonly terminal: boolean;
  /** Columns to cut tables to; null: as wide as they get. */
  readonly width: number | null;
}

/** Writes a result in a format, piece by piece. */
export async function render(
  result: QueryResult,
  format: StreamFormat,
  sink: Sink,
  { terminal, width }: Screen,
): Promise<void> {
  switch (format) {
    case 'table':
      return renderTable(result, sink, width);
    case 'json':
      return renderJsonl(result, sink);
    case 'csv':
      return renderCsv(result, (piece) =>
        sink(terminal && typeof piece === 'string' ? piece.split('\r\n').map(terminalText).join('\r\n') : piece),
      );
    case 'arrow': {
      // Loading Arrow's 150 modules costs more CPU than looking a token up.
      const { renderArrow } = await import('./arrow.ts');
      return renderArrow(result, sink);
    }
  }
}
