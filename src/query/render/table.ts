import stringWidth from 'string-width';
import type { CellKind, QueryResult, ResultColumn, Row } from '../cell.ts';
import { cellText } from './cell-text.ts';
import type { Sink } from './sink.ts';
import { lineText } from './terminal-text.ts';

const gap = '  ';
const narrowest = 8;
/** Rows looked at before the widths are fixed. */
const sampleRows = 1_000;
const rightAligned: ReadonlySet<CellKind> = new Set(['number', 'integer']);

/** `text` in exactly `width` columns of the terminal. */
function fitText(text: string, width: number, right: boolean): string {
  let shown = text;
  if (stringWidth(text) > width) {
    shown = '';
    let used = 0;
    for (const character of text) {
      const next = stringWidth(character);
      if (used + next > width - 1) break;
      shown += character;
      used += next;
    }
    shown += '…';
  }
  const padding = ' '.repeat(Math.max(0, width - stringWidth(shown)));
  return right ? padding + shown : shown + padding;
}

/** Widths that fit into `total`: the widest columns give way first; columns that still do not fit are left out. */
function fitWidths(natural: readonly number[], total: number | null): number[] {
  const widths = [...natural];
  if (total === null) return widths;
  const sum = () => widths.reduce((all, width) => all + width + gap.length, -gap.length);
  for (;;) {
    const widest = Math.max(...widths);
    if (sum() <= total || widths.length === 0) return widths;
    if (widest <= narrowest) widths.pop();
    else
      widths[widths.lastIndexOf(widest)] = Math.max(
        narrowest,
        widest - Math.max(1, Math.min(sum() - total, widest >> 2)),
      );
  }
}

/** A table for people: numbers to the right, cut to the terminal, nothing in it able to steer one. */
export async function renderTable({ columns, batches }: QueryResult, sink: Sink, width: number | null): Promise<void> {
  const sample: Row[] = [];
  const iterator = batches[Symbol.asyncIterator]();
  let ended = false;
  while (sample.length < sampleRows && !ended) {
    const { done, value } = await iterator.next();
    if (done) ended = true;
    else sample.push(...value);
  }
  const cell = (row: Row, i: number, kind: CellKind) => lineText(cellText(row[i] ?? null, kind));
  const natural = columns.map(({ name, kind }, i) =>
    sample.reduce((widest, row) => Math.max(widest, stringWidth(cell(row, i, kind))), stringWidth(lineText(name))),
  );
  const widths = fitWidths(natural, width);
  const line = (texts: (column: ResultColumn, i: number) => string) =>
    `${widths
      .map((columnWidth, i) => {
        const column = columns[i];
        return column ? fitText(texts(column, i), columnWidth, rightAligned.has(column.kind)) : '';
      })
      .join(gap)
      .trimEnd()}\n`;

  await sink(line(({ name }) => lineText(name)));
  await sink(`${widths.map((columnWidth) => '─'.repeat(columnWidth)).join(gap)}\n`);
  const draw = (rows: readonly Row[]) => sink(rows.map((row) => line(({ kind }, i) => cell(row, i, kind))).join(''));
  await draw(sample);
  while (!ended) {
    const { done, value } = await iterator.next();
    if (done) ended = true;
    else await draw(value);
  }
  const hidden = columns.length - widths.length;
  if (hidden > 0) await sink(`… and ${hidden} more columns; name those you need, or use --json\n`);
}
