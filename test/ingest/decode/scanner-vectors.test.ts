import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Batch } from '../../../src/core/batch.ts';
import type { VectorKernel } from '../../../src/core/vector-kernel.ts';
import { generate } from '../../../src/generate/scenario.ts';
import { FillerWriter } from '../../../src/store/filler-writer.ts';
import { fixedColumn } from '../../../src/store/table.ts';
import { temporaryFolder } from '../../store/temporary-folder.ts';
import { damages } from './damaged-batch.ts';
import { scannerOf } from './scanner-twin.ts';

let writer: FillerWriter;
let close: () => void;
beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  writer = new FillerWriter(connection);
  close = () => {
    connection.closeSync();
    instance.closeSync();
  };
});
afterAll(() => close());

const scanner = scannerOf(5_000);

function batchOf(records: readonly string[]): Batch {
  scanner.reset();
  expect(scanner.decode(Buffer.from(records.join('\n')), 'lines', 1n).rows).toBe(records.length);
  return scanner.batch();
}

/** The file of a batch, and which methods of its kernel were called. */
async function written(batch: Batch, folder: string): Promise<{ file: Buffer; asked: Set<string> }> {
  const asked = new Set<string>();
  const kernel = new Proxy(batch.kernel ?? ({} as VectorKernel), {
    get: (target, name: keyof VectorKernel) => {
      asked.add(name);
      return target[name];
    },
  });
  const path = join(folder, 'rows.parquet');
  await writer.write({ ...batch, kernel }, path, []);
  return { file: await readFile(path), asked };
}

async function expectAlike({ rows, columns, kernel }: Batch, folder: string): Promise<void> {
  const { file, asked } = await written({ rows, columns, ...(kernel === undefined ? {} : { kernel }) }, folder);
  const path = join(folder, 'plain.parquet');
  await writer.write({ rows, columns }, path, []);
  expect(file.equals(await readFile(path))).toBe(true);
  expect(asked).toEqual(new Set(['memory', 'made', 'narrowCodes', 'flipUuids', 'textElements']));
}

it('fills vectors with an estate as the writer does without it, byte by byte, sorted or not', async () => {
  const folder = await temporaryFolder();
  const estate = { scenario: 'estate', days: 1, seed: 9, rows: 10_000, late: 0.2, oddities: 0.3 };
  const records = [...generate(estate).records()].slice(0, 4_500);
  await expectAlike(batchOf(records), folder);
  batchOf(records);
  scanner.sort();
  await expectAlike(scanner.batch(), folder);
});

const request = {
  time: '2026-01-01T00:00:00Z',
  operationName: 'GetBlob',
  category: 'StorageRead',
  uri: 'https://models.blob.core.windows.net/a/b',
};
const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('a'.repeat(11), 'a'.repeat(12), 'a'.repeat(13), 'é'.repeat(6), `a${'é'.repeat(6)}`, 'b'.repeat(300)),
);
const record = fc.record(
  {
    correlationId: fc.uuid(),
    statusText: text,
    properties: fc.record({ conditionsUsed: text, clientRequestId: fc.oneof(text, fc.uuid()) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

it('fills vectors with texts, codes and UUIDs of any kind as the writer does without it', async () => {
  const folder = await temporaryFolder();
  const rows = fc.oneof(
    fc.array(record, { minLength: 1, maxLength: 40 }),
    fc.array(record, { minLength: 2_049, maxLength: 2_080 }),
  );
  await fc.assert(
    fc.asyncProperty(rows, (records) =>
      expectAlike(batchOf(records.map((each) => JSON.stringify({ ...request, ...each }))), folder),
    ),
    { numRuns: 15, endOnFailure: true },
  );
});

const plain = Array.from({ length: 4_200 }, (_, row) =>
  JSON.stringify({
    ...request,
    properties: { conditionsUsed: `If-Match: ${row} é` },
  }),
);

it.each(damages)('refuses %s, as the writer does without it', async (_, message, damage) => {
  const folder = await temporaryFolder();
  const batch = batchOf(plain);
  damage(batch);
  await expect(written(batch, folder)).rejects.toThrow(message);
});

it('leaves values that lie elsewhere, and columns that are too short, to the writer', async () => {
  const folder = await temporaryFolder();
  const { columns, ...batch } = batchOf(plain);
  const copied = columns.map((column) =>
    column.layout === 'dictionary' ? { ...column, codes: column.codes.slice() } : column,
  );
  const { asked } = await written({ ...batch, columns: copied }, folder);
  expect(asked.has('narrowCodes')).toBe(false);
  expect(asked.has('textElements')).toBe(true);
  const ids = fixedColumn({ ...batch, columns }, 'correlation_id');
  const short = { ...ids, values: ids.values.subarray(0, 16 * 4_199) };
  await expect(written({ ...batch, columns: [short] }, folder)).rejects.toThrow(/bytes .* of 67184/);
});
