import { expect, it } from 'vitest';
import { generate } from '../../../src/generate/scenario.ts';
import type { Framing } from '../../../src/ingest/source.ts';
import { rowsOf } from './rows.ts';
import { scannerOf } from './scanner-twin.ts';

const estate = { scenario: 'estate', days: 1, seed: 4, rows: 12_000, oddities: 0.1 };
const records = [...generate(estate).records()].slice(0, 300);
const there = scannerOf(5_000);
const elsewhere = scannerOf(5_000);
const inputs: readonly (readonly [Framing, string])[] = [
  ['lines', `${records.join('\n')}\n`],
  ['lines', records.join('\n')],
  ['lines', `${records.join('\n')}\n{"time":"2026-`],
  ['records', `{"records":[${records.join(',')}]}`],
  ['records', records[0] ?? ''],
];
/** What the next frames may begin with: it must not be read as a part of these. */
const behind = [
  '',
  '\n',
  ' ',
  '"',
  '9'.repeat(80),
  ',"x":1}',
  '{"time":"2026-01-01T00:00:00Z"}\n'.repeat(4),
  '\u0000'.repeat(64),
];

it.each(inputs.flatMap(([framing, text]) => behind.map((next) => [framing, text, next] as const)))(
  'reads %s in its own memory as elsewhere, and leaves it as it was (%#)',
  (framing, text, next) => {
    for (const decoder of [there, elsewhere]) decoder.reset();
    for (const at of [0, 4096 + 7]) {
      there.buffer.fill(0x7b);
      there.buffer.write(text + next, at);
      const before = Buffer.from(there.buffer);
      const bytes = there.buffer.subarray(at, at + Buffer.byteLength(text));
      const decoded = there.decode(bytes, framing, 1n);
      expect(there.buffer.equals(before)).toBe(true);
      expect(decoded).toEqual(elsewhere.decode(Buffer.from(text), framing, 1n));
      expect(there.takeFallback()).toEqual(elsewhere.takeFallback());
    }
    expect(rowsOf(there.batch())).toEqual(rowsOf(elsewhere.batch()));
    expect(there.rows).toBeGreaterThan(0);
  },
);

it('reads up to the end of its memory, and goes on behind a batch that was full', () => {
  const small = scannerOf(100);
  const text = Buffer.from(`${records.join('\n')}\n`);
  const at = small.buffer.length - text.length;
  small.buffer.set(text, at);
  const rows: unknown[] = [];
  for (let start = 0; start < text.length; ) {
    start = small.decode(small.buffer.subarray(at), 'lines', 1n, start).consumed;
    rows.push(...rowsOf(small.batch()));
    small.reset();
  }
  elsewhere.reset();
  elsewhere.decode(text, 'lines', 1n);
  expect(rows).toEqual(rowsOf(elsewhere.batch()));
});
