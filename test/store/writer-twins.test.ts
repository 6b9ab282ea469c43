import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enumEntriesMax } from '../../src/store/column-filler.ts';
import { EncoderWriter } from '../../src/store/encoder-writer.ts';
import { FillerWriter } from '../../src/store/filler-writer.ts';
import { PlainWriter } from '../../src/store/plain-writer.ts';
import type { SegmentWriter } from '../../src/store/segment-writer.ts';
import type { Table, TableColumn } from '../../src/store/table.ts';
import { differences } from './differences.ts';
import { dictionaryOf, type Shape, tableOf } from './table-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
let files = 0;
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

async function select(sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRows();
}

const writers: Record<string, () => SegmentWriter> = {
  filler: () => new FillerWriter(connection),
  encoder: () => new EncoderWriter(),
};

describe.each(Object.entries(writers))('the %s writer', (_, make) => {
  let writer: SegmentWriter;
  beforeAll(() => {
    writer = make();
  });

  async function expectAlike(table: Table, order: readonly string[], folder: string): Promise<void> {
    // DuckDB keeps what it read of a file that had the same length and time.
    const [ours, oracle] = [join(folder, `${++files}.parquet`), join(folder, `oracle-${files}.parquet`)];
    await writer.write(table, ours, order);
    await plain.write(table, oracle, order);
    expect(await differences(connection, table, ours, oracle)).toEqual({
      rows: table.rows,
      columns: table.columns.map(() => 0),
    });
    expect(await select(`DESCRIBE FROM '${ours}'`)).toEqual(await select(`DESCRIBE FROM '${oracle}'`));
  }

  const orders = [[], ['token', 'time'], ['time'], ['signed', 'token']];

  const shape: fc.Arbitrary<Shape> = fc.record({
    rows: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(2047, 2048, 2049, 4100)),
    entries: fc.constantFrom(1, 2, 255, 256, 257, 300),
    nulls: fc.constantFrom('none', 'some', 'all'),
    padding: fc.integer({ min: 0, max: 9 }),
    seed: fc.integer(),
  });

  it('writes what the plain writer writes, row by row, whatever the layout, the nulls and the order', async () => {
    const folder = await temporaryFolder();
    await fc.assert(
      fc.asyncProperty(shape, fc.constantFrom(...orders), (of, order) => expectAlike(tableOf(of), order, folder)),
      { numRuns: 60 },
    );
  });

  it('sorts a table whose rows have another order than the one asked for', async () => {
    const table = tableOf({ rows: 40, entries: 2, nulls: 'some', padding: 0, seed: 1 });
    await expectAlike({ ...table, sortedBy: ['time', 'token'] }, ['token', 'time'], await temporaryFolder());
    await expectAlike({ ...table, sortedBy: ['token'] }, ['token', 'time'], await temporaryFolder());
  });

  it.each([1, 2, 255, 256, 257, enumEntriesMax, enumEntriesMax + 1, 65_535])(
    'writes a dictionary of %i values, each used once',
    async (entries) => {
      const table = {
        rows: entries,
        columns: [dictionaryOf(Array.from({ length: entries }, (_, code) => `value ${code}`))],
      };
      await expectAlike(table, [], await temporaryFolder());
    },
  );

  it('writes a dictionary whose values end in NUL, where C strings would end', async () => {
    await expectAlike({ rows: 3, columns: [dictionaryOf(['a', 'a\u0000', '\u0000'])] }, [], await temporaryFolder());
  });

  it.each(['first', 'second', 'last'])('writes nulls where only the %s vector of three has some', async (which) => {
    const rows = 2 * 2048 + 13;
    const from = { first: 0, second: 2048, last: 4096 }[which] ?? 0;
    const validity = new Uint8Array((rows + 7) >> 3).fill(0xff);
    for (const row of [from, from + 12]) validity[row >> 3] = (validity[row >> 3] ?? 0) & ~(1 << (row & 7));
    const number = { layout: 'fixed', spec: { name: 'n', type: 'uint8' }, values: new Uint8Array(rows) } as const;
    const texts = { ...dictionaryOf(['a']), codes: new Uint16Array(rows) };
    const columns = [
      { ...number, validity },
      { ...texts, validity },
    ];
    await expectAlike({ rows, columns }, [], await temporaryFolder());
  });

  function code(...codes: number[]): TableColumn {
    return { ...dictionaryOf(['a', 'b']), codes: Uint16Array.from(codes) };
  }

  it('stops at a code no dictionary has before DuckDB reads there, and writes the next file', async () => {
    const folder = await temporaryFolder();
    const rows = 5000;
    const bad = code(...Array.from({ length: rows }, (_, row) => (row === 4500 ? 2 : 1)));
    await expect(writer.write({ rows, columns: [bad] }, join(folder, 'bad.parquet'), [])).rejects.toThrow(
      /code 2 of a/,
    );
    await expectAlike({ rows: 2, columns: [code(1, 0)] }, [], folder);
  });

  it.each([
    ['backwards', Int32Array.of(0, 3, 1)],
    ['beyond the bytes', Int32Array.of(0, 1, 9)],
    ['before the bytes', Int32Array.of(-4, 1, 3)],
  ])('refuses offsets that run %s before DuckDB follows them', async (_, offsets) => {
    const column: TableColumn = {
      layout: 'utf8',
      spec: { name: 'text', type: 'blob' },
      validity: null,
      offsets,
      bytes: new Uint8Array(4),
    };
    const path = join(await temporaryFolder(), 'bad.parquet');
    await expect(writer.write({ rows: 2, columns: [column] }, path, [])).rejects.toThrow();
  });

  it('refuses columns shorter than the table', async () => {
    const path = join(await temporaryFolder(), 'short.parquet');
    const values = { layout: 'fixed', spec: { name: 'n', type: 'int64' }, validity: null } as const;
    const short: TableColumn = { ...values, values: new BigInt64Array(2) };
    await expect(writer.write({ rows: 3, columns: [short] }, path, [])).rejects.toThrow(/bytes 0 to 24 of 16/);
  });
});
