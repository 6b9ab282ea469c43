import { markupText } from '../evaluate/chart.ts';
import type { Truth } from '../evaluate/truth-file.ts';
import type { EvaluationTable } from './evaluation-table.ts';

function tableMarkup({ title, columns, rows }: EvaluationTable): string {
  const cell = (value: unknown): string => markupText(value === null ? '' : String(value));
  const head = columns.map(({ name }) => `<th>${cell(name)}</th>`).join('');
  const body = rows.map((row) => {
    const cells = row.map((value, i) => `<td${columns[i]?.kind === 'number' ? ' class="n"' : ''}>${cell(value)}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<h2>${cell(title)}</h2>\n<table>\n<tr>${head}</tr>\n${body.join('\n')}\n</table>`;
}

/** An evaluation as one HTML page without scripts or other files: its tables, then the picture of the curves. */
export function evaluationPage(
  { scenario, seed, rows }: Truth,
  tables: readonly EvaluationTable[],
  chart: string,
): string {
  const title = markupText(`saswatch evaluate: ${scenario}, seed ${seed}, ${rows} requests`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<style>
body { font: 14px sans-serif; margin: 2em; color: #222 }
table { border-collapse: collapse }
th, td { padding: 2px 10px; border-bottom: 1px solid #ddd; text-align: left }
td.n { text-align: right }
</style>
<h1>${title}</h1>
${tables.map(tableMarkup).join('\n')}
<h2>Thresholds</h2>
${chart}</html>
`;
}
