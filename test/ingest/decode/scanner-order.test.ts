import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Batch } from '../../../src/core/batch.ts';
import { columns } from '../../../src/core/columns.ts';
import { generate } from '../../../src/generate/scenario.ts';
import { rowOrder } from '../../../src/store/row-order.ts';
import { rowsOf } from './rows.ts';
import { scannerOf, Twins } from './scanner-twin.ts';

const names = columns.map(({ name }) => name);
const order = ['token', 'time'];

/** Rows of an unsorted batch in the order the segment writer would give them. */
function inOrder(batch: Batch): unknown[] {
  const rows = rowsOf(batch, names);
  return [...(rowOrder(batch, order) ?? rows.keys())].map((row) => rows[row]);
}

it('puts rows of all kinds in the order of the segment writer, every value of them', () => {
  const twins = new Twins();
  const estate = { scenario: 'estate', days: 1, seed: 3, rows: 12_000, late: 0.2, oddities: 0.3 };
  const texts = [...generate(estate).records()].filter((_, index) => index % 3 === 0);
  twins.feed(texts.join('\n'), 'lines');
  twins.scanner.sort();
  expect(rowsOf(twins.scanner.batch(), names)).toEqual(inOrder(twins.reference.batch()));
});

const tokenHash = (token: bigint) =>
  `key1(${'0'.repeat(64)}),SasSignature(${token.toString(16).toUpperCase().padStart(16, '0').padEnd(64, '0')})`;
const time = fc
  .integer({ min: 0, max: 40 })
  .map((seconds) => new Date(1_700_000_000_000 + seconds * 1_000).toISOString());
const tokens = [0n, 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n];
const uri = fc.constantFrom('https://models.blob.core.windows.net/a/b', 'https://models.blob.core.windows.net/a/é');
/** Of few tokens, whose digits mostly agree. */
const batch = fc
  .subarray(tokens, { minLength: 1 })
  .chain((met) => fc.array(fc.record({ time, token: fc.option(fc.constantFrom(...met)), uri }), { maxLength: 200 }));

it('does not call a batch sorted that got another row, or was emptied and filled as far again', () => {
  const scanner = scannerOf(20);
  const record = (at: string) =>
    JSON.stringify({
      time: at,
      category: 'StorageRead',
      operationName: 'GetBlob',
      uri: 'https://models.blob.core.windows.net/a/b',
    });
  const decode = (...at: string[]) => scanner.decode(Buffer.from(at.map(record).join('\n')), 'lines', 1n);
  const [early, late] = ['2024-03-05T10:00:00Z', '2024-03-05T11:00:00Z'];
  decode(late);
  scanner.sort();
  expect(scanner.batch().sortedBy).toEqual(order);
  decode(early);
  expect(scanner.batch().sortedBy).toBeUndefined();
  scanner.sort();
  scanner.reset();
  decode(late, early);
  expect(scanner.batch().sortedBy).toBeUndefined();
});

it('sorts by token and time, nulls last, equal rows as they came, and again once the batch is emptied', () => {
  const scanner = scannerOf(200);
  const unsorted = scannerOf(200);
  fc.assert(
    fc.property(batch, (rows) => {
      const lines = rows.map((row, index) => {
        const identity = row.token === null ? {} : { identity: { type: 'SAS', tokenHash: tokenHash(row.token) } };
        return JSON.stringify({
          time: row.time,
          category: 'StorageRead',
          operationName: 'GetBlob',
          uri: row.uri,
          durationMs: index,
          ...identity,
        });
      });
      const bytes = Buffer.from(lines.join('\n'));
      for (const decoder of [scanner, unsorted]) {
        decoder.reset();
        expect(decoder.decode(bytes, 'lines', 1n).rows).toBe(rows.length);
      }
      const read = rowsOf(unsorted.batch(), ['token']).map((row) => row.token ?? null);
      expect(read).toEqual(rows.map((row) => row.token));
      scanner.sort();
      const sorted = scanner.batch();
      expect(rowsOf(sorted, names)).toEqual(inOrder(unsorted.batch()));
      expect(rowOrder(sorted, order)).toBeNull();
      expect(sorted.sortedBy).toEqual(rows.length > 0 ? order : undefined);
      expect(unsorted.batch().sortedBy).toBeUndefined();
    }),
    { numRuns: 100 },
  );
});
