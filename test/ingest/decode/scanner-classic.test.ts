import { expect, it } from 'vitest';
import { classicLine } from '../../../src/generate/classic-line.ts';
import { generate } from '../../../src/generate/scenario.ts';
import { directedLines, MutatedLines } from './classic-lines.ts';
import { recordWith } from './records.ts';
import { rowsOf } from './rows.ts';
import { scannerOf, Twins } from './scanner-twin.ts';

const lines = Number(process.env['SCANNER_CLASSIC_LINES'] ?? 40_000);
const linesPerInput = 24;

/** The 30 fields that version 1.0 has of a line of version 2.0. */
function inVersion1(line: string): string {
  return line.replace(/^2\.0((?:;(?:"[^"]*"|[^;"]*)){29}).*$/, '1.0$1');
}

const records = [
  ...generate({ scenario: 'robust-models', seed: 9, rows: 12_000, unredacted: 0.2 }).records(),
  ...[...generate({ scenario: 'benign-day', seed: 9, rows: 4_000 }).records()],
];
const generated = records.map((record, index) => {
  const line = classicLine(JSON.parse(record));
  return index % 3 === 0 ? line : inVersion1(line);
});

it('reads generated lines of both versions by itself', () => {
  const twins = new Twins();
  expect(generated.filter((line) => line.startsWith('1.0;')).length).toBeGreaterThan(generated.length / 2);
  twins.feed(generated.join('\n'), 'classic');
  twins.feed(generated.slice(0, 2_000).join('\r\n'), 'classic');
  expect(twins.scanner.rows).toBe(generated.length + 2_000);
  expect(twins.scanner.takeFallback()).toBeNull();
  twins.check();
});

it.each([...directedLines.keys()])('gives the rows of the reference decoder for %s', (name) => {
  new Twins(8 * 1024).feedAll(directedLines.get(name)?.() ?? [], ['classic']);
});

it('gives the rows of the reference decoder for lines of every length', () => {
  const twins = new Twins();
  const line = generated[1]!.split(';');
  for (let length = 0; length <= 80; length++) {
    const value = 'x'.repeat(length);
    const texts = [value, `"${value}"`, `${value}&amp;`, `"${value}&quot;${value}"`, `"${value}\\"`];
    twins.feed(
      texts.flatMap((text) => [line.with(27, text), line.with(29, text)].map((parts) => parts.join(';'))).join('\n'),
      'classic',
    );
  }
  twins.check();
});

it('gives the rows of the reference decoder whatever happened to lines', { timeout: 300_000 }, () => {
  const mutated = new MutatedLines(1, generated.slice(0, 300));
  const twins = new Twins(4 * 1024);
  let left = 0;
  for (let done = 0; done < lines; done += linesPerInput) {
    const input = Array.from({ length: linesPerInput }, () => mutated.next());
    twins.feed(Buffer.concat(input.flatMap((line) => [line, Buffer.from('\n')])), 'classic');
    left += twins.scanner.takeFallback()?.records ?? 0;
    if (twins.scanner.rows > 3_000) twins.check();
  }
  twins.check();
  expect(left / lines).toBeGreaterThan(0.05);
  expect(left / lines).toBeLessThan(0.8);
});

it('gives a token the fingerprint it has in resource logs', () => {
  const scanner = scannerOf(10);
  const uri = 'https://acct.blob.core.windows.net/models/x?sv=2020-02-10&sr=c&sp=rl&se=2026-01-01&sig=XXXXX';
  const record = recordWith({ uri }, { objectKey: '/acct/models/x' });
  scanner.decode(Buffer.from(record), 'lines', 1n);
  scanner.decode(Buffer.from(inVersion1(classicLine(JSON.parse(record)))), 'classic', 1n);
  const [first, second] = rowsOf(scanner.batch(), ['token_fingerprint', 'sas_id']);
  expect(scanner.takeFallback()).toBeNull();
  expect(first?.token_fingerprint).toBeTypeOf('bigint');
  expect(second).toEqual(first);
});
