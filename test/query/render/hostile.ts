import type { Cell, QueryResult, ResultColumn } from '../../../src/query/cell.ts';

/** Texts an attacker can put into an object key, a user agent or a referrer. */
export const hostileTexts = [
  '\u001b]0;owned\u0007',
  '\u001b[2J\u001b[1;1H',
  '\u009b31mred',
  'a\rb',
  'line\nbreak\ttab',
  '\u202egnp.exe',
  '\u2066hidden\u2069',
  '=HYPERLINK("http://192.0.2.1","x")',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '＝1+1',
  '"quoted", and more',
  '<script>alert(1)</script>',
  '日本語のファイル名とても長い長い長い名前',
  '\u0000nul\u007fdel',
] as const;

/** A result of rows at hand. */
export function resultOf(columns: readonly ResultColumn[], rows: readonly (readonly Cell[])[]): QueryResult {
  async function* batches() {
    if (rows.length > 0) yield rows;
  }
  return { columns, batches: batches(), truncated: () => false };
}

export const text = (name: string): ResultColumn => ({ name, kind: 'text', type: 'VARCHAR' });

/** Collects what a renderer writes. */
export async function collect(body: (sink: (piece: string | Uint8Array) => Promise<void>) => Promise<void>) {
  const pieces: Buffer[] = [];
  await body(async (piece) => {
    pieces.push(Buffer.from(piece));
  });
  return Buffer.concat(pieces);
}
