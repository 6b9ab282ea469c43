import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { query as clickHouse } from 'chdb';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EncoderWriter } from '../../../src/store/encoder-writer.ts';
import { PlainWriter } from '../../../src/store/plain-writer.ts';
import type { Table } from '../../../src/store/table.ts';
import { differences } from '../../store/differences.ts';
import { temporaryFolder } from '../../store/temporary-folder.ts';
import { scannerOf } from './scanner-twin.ts';

const encoder = new EncoderWriter();
const scanner = scannerOf(20_000);
let instance: DuckDBInstance;
let connection: DuckDBConnection;
let plain: PlainWriter;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  plain = new PlainWriter(connection);
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const mixed = (row: number) => (Math.imul(row + 1, 0x9e37_79b1) >>> 0).toString(36);

/** What texts of a column are, row by row. */
const kinds: Readonly<Record<string, (row: number) => string>> = {
  few: (row) => `If-Match: ${row % 7}`,
  several: (row) => `bytes=${(row * 31) % 1_500}-`,
  shared: (row) => `models/resnet/${row >> 6}/checkpoint-${row}.pt`,
  // The two differ in the second byte of a character.
  accents: (row) => `données/${row % 3 === 0 ? 'è' : 'é'}/${row % 5 === 0 ? '' : row}`,
  long: (row) => `${'models/'.repeat(60)}${row % 11 === 0 ? mixed(row) : row}`,
  apart: (row) => mixed(row).repeat(1 + (row % 9)),
  empty: () => '',
};
const names = ['object_key', 'conditions_used', 'download_range'] as const;

interface Shape {
  readonly rows: number;
  readonly columns: readonly (keyof typeof kinds)[];
  /** One row in so many has no value; 0: all have. */
  readonly nulls: number;
}

/** The columns of texts only, as the scanner has read them. */
function textsOf({ rows, columns, nulls }: Shape): Table {
  const lines = Array.from({ length: rows }, (_, row) => {
    const [objectKey, conditionsUsed, downloadRange] = columns.map((kind, column) =>
      nulls > 0 && (row + column) % nulls === 0 ? undefined : kinds[kind]?.(row),
    );
    const properties = { objectKey, conditionsUsed, downloadRange };
    const uri = 'https://models.blob.core.windows.net/a/b';
    return JSON.stringify({
      time: '2026-01-01T00:00:00Z',
      operationName: 'GetBlob',
      category: 'StorageRead',
      uri,
      properties,
    });
  });
  scanner.reset();
  expect(scanner.decode(Buffer.from(lines.join('\n')), 'lines', 1n).rows).toBe(rows);
  const batch = scanner.batch();
  return { ...batch, columns: batch.columns.filter(({ spec }) => names.some((name) => name === spec.name)) };
}

let files = 0;

/** Writes texts in the scanner's memory, without it, and by DuckDB. @returns the file, and the encodings in it. */
async function expectAlike(shape: Shape, folder: string) {
  const table = textsOf(shape);
  files++;
  const [ours, twin, oracle] = ['ours', 'twin', 'oracle'].map((name) => join(folder, `${files}-${name}.parquet`));
  if (ours === undefined || twin === undefined || oracle === undefined) throw new RangeError('three paths');
  await encoder.write(table, ours, []);
  await encoder.write({ rows: table.rows, columns: table.columns }, twin, []);
  await plain.write(table, oracle, []);
  expect((await readFile(ours)).equals(await readFile(twin))).toBe(true);
  expect(await differences(connection, table, ours, oracle)).toEqual({
    rows: table.rows,
    columns: table.columns.map(() => 0),
  });
  const metadata = await connection.runAndReadAll(`SELECT path_in_schema, encodings FROM parquet_metadata('${ours}')`);
  return { ours, encodings: Object.fromEntries(metadata.getRows()) as Record<string, string> };
}

it('encodes texts in the memory as without it, byte for byte, and as DuckDB reads them', async () => {
  const folder = await temporaryFolder();
  const kind = fc.constantFrom(...Object.keys(kinds));
  const shape = fc.record({
    rows: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(1_024, 2_049, 4_101)),
    columns: fc.tuple(kind, kind, kind),
    nulls: fc.constantFrom(0, 1, 2, 3, 50),
  });
  await fc.assert(
    fc.asyncProperty(shape, (of) => expectAlike(of, folder).then(() => undefined)),
    { numRuns: 12, endOnFailure: true },
  );
});

it.each([
  { kind: 'few', encodings: 'PLAIN, RLE, RLE_DICTIONARY' },
  { kind: 'several', encodings: 'RLE, DELTA_BYTE_ARRAY' },
  { kind: 'shared', encodings: 'RLE, DELTA_BYTE_ARRAY' },
  { kind: 'accents', encodings: 'RLE, DELTA_BYTE_ARRAY' },
  { kind: 'long', encodings: 'RLE, DELTA_BYTE_ARRAY' },
  { kind: 'apart', encodings: 'RLE, DELTA_LENGTH_BYTE_ARRAY' },
])('chooses $encodings for texts that are $kind, which ClickHouse and hyparquet read', async ({ kind, encodings }) => {
  const columns = [kind, kind, kind];
  const { ours, encodings: chosen } = await expectAlike({ rows: 4_101, columns, nulls: 9 }, await temporaryFolder());
  expect(chosen).toEqual(Object.fromEntries(names.map((name) => [name, encodings])));
  const [name] = names.slice(1);
  const file = await asyncBufferFromFile(ours);
  const read = await parquetReadObjects({ file, compressors, columns: [...names] });
  const expected = Array.from({ length: 4_101 }, (_, row) => ((row + 1) % 9 === 0 ? null : kinds[kind]?.(row)));
  expect(read.map((row) => row[name ?? ''] ?? null)).toEqual(expected);
  const byClickHouse = clickHouse(`SELECT ${name} FROM file('${ours}', Parquet) FORMAT JSONCompactColumns`);
  expect(JSON.parse(byClickHouse)).toEqual([expected]);
});
