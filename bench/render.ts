import type { BenchResult, Rows } from './bench.ts';

/** A Markdown table that is aligned in a terminal too: first column to the left, figures to the right. */
function table(rows: Rows): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? `:${'-'.repeat(width + 1)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.slice(1).map(line)].join('\n');
}

/** A result as a section of Markdown. */
export function renderResult({ title, parts }: BenchResult): string {
  return [`## ${title}`, ...parts.map((part) => (typeof part === 'string' ? part : table(part)))].join('\n\n');
}

/** The page with one section replaced or added; sections are told apart by their title. */
export function withSection(page: string, section: string): string {
  const [head = '', ...sections] = page.trimEnd().split(/\n+(?=## )/);
  const titleOf = (text: string) => text.split('\n', 1)[0];
  const place = sections.findIndex((old) => titleOf(old) === titleOf(section));
  const all = place < 0 ? [...sections, section] : sections.with(place, section);
  return `${[head, ...all].join('\n\n')}\n`;
}
