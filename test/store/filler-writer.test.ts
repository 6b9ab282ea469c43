import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FillerWriter } from '../../src/store/filler-writer.ts';
import type { TableColumn } from '../../src/store/table.ts';
import { dictionaryOf } from './table-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
let filler: FillerWriter;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  filler = new FillerWriter(connection);
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

it('fills one chunk whenever DuckDB asks, so that the event loop is free in between', async () => {
  const rows = 20 * 2048 + 1;
  const validity = new Uint8Array((rows + 7) >> 3);
  let chunks = 0;
  // Each chunk asks once where the bitmap begins.
  Object.defineProperty(validity, 'byteOffset', { get: () => ++chunks * 0 });
  const column = { ...dictionaryOf(['a']), codes: new Uint16Array(rows), validity };
  await filler.write({ rows, columns: [column] }, join(await temporaryFolder(), 'chunks.parquet'), []);
  expect(chunks).toBe(21);
});

it('gives back the memory of each batch', async () => {
  const path = join(await temporaryFolder(), 'same.parquet');
  const bytes = new Uint8Array(8 << 20).fill(97);
  const rows = 2048;
  const offsets = Int32Array.from({ length: rows + 1 }, (_, row) => row * (bytes.length / rows));
  const text: TableColumn = { layout: 'utf8', spec: { name: 'text', type: 'utf8' }, validity: null, offsets, bytes };
  const write = async (times: number) => {
    for (let i = 0; i < times; i++) await filler.write({ rows, columns: [text] }, path, []);
  };
  await write(10);
  const before = process.memoryUsage().rss;
  await write(60);
  expect((process.memoryUsage().rss - before) / bytes.length).toBeLessThan(20);
});
