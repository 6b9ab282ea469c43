import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ColumnSpec, columns } from '../../src/core/columns.ts';
import { EncoderWriter } from '../../src/store/encoder-writer.ts';
import { FillerWriter } from '../../src/store/filler-writer.ts';
import { PlainWriter } from '../../src/store/plain-writer.ts';
import type { SegmentWriter } from '../../src/store/segment-writer.ts';
import { sqlType, textColumn } from '../../src/store/table.ts';
import { batchOf, type Cell, type Row } from './batch-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    '',
    '\u0000',
    '\ufeffa',
    '123456789012',
    '1234567890123',
    'é'.repeat(6),
    '𝄞'.repeat(40),
    'it\'s\n"q"',
  ),
);

function cellOf({ type }: ColumnSpec): fc.Arbitrary<Cell> {
  switch (type) {
    case 'dictionary':
    case 'utf8':
      return text;
    case 'uuid':
      return fc.oneof(
        fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex')),
        fc.constantFrom('0'.repeat(32), 'f'.repeat(32)),
      );
    case 'uint8':
      return fc.integer({ min: 0, max: 255 });
    case 'uint16':
      return fc.integer({ min: 0, max: 65_535 });
    case 'uint32':
      return fc.integer({ min: 0, max: 2 ** 32 - 1 });
    case 'int32':
      return fc.integer();
    case 'int64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'uint64':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case 'timestamp':
      return fc.bigInt({ min: -(2n ** 52n), max: 2n ** 53n });
    case 'float64':
      // DuckDB's dictionaries, which two of the writers use, hold 0 and -0 as one.
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
  }
}

const rowOf = fc.record(
  Object.fromEntries(columns.map((spec) => [spec.name, spec.required ? cellOf(spec) : fc.option(cellOf(spec))])),
) as fc.Arbitrary<Row>;

/** What DuckDB says of a cell, as text that tells all values apart. */
function asText(spec: ColumnSpec): string {
  if (sqlType(spec) === 'TIMESTAMP') return `epoch_us("${spec.name}")::VARCHAR`;
  if (sqlType(spec) === 'VARCHAR') return `hex(encode("${spec.name}"))`;
  if (sqlType(spec) === 'UUID') return `replace("${spec.name}"::VARCHAR, '-', '')`;
  return `"${spec.name}"::VARCHAR`;
}

function expected(spec: ColumnSpec, cell: Cell): string | null {
  if (cell === null) return null;
  if (sqlType(spec) === 'VARCHAR') return Buffer.from(String(cell)).toString('hex').toUpperCase();
  return String(cell);
}

const writers: Record<string, (connection: DuckDBConnection) => SegmentWriter> = {
  plain: (connection) => new PlainWriter(connection),
  filler: (connection) => new FillerWriter(connection),
  encoder: () => new EncoderWriter(),
};

describe.each(Object.entries(writers))('the %s writer', (_, make) => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;
  let writer: SegmentWriter;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    connection = await instance.connect();
    writer = make(connection);
  });
  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
  });

  async function roundTrip(rows: readonly Row[], folder: string): Promise<void> {
    const path = join(folder, 'batch.parquet');
    const batch = batchOf(rows);
    const written = await writer.write(batch, path, []);
    const bytes = await readFile(path);
    expect(written).toEqual({ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    const read = await connection.runAndReadAll(
      `SELECT ${columns.map(asText).join(', ')} FROM read_parquet('${path}')`,
    );
    const found = read.getRows();
    expect(found.length).toBe(rows.length);
    for (const [index, spec] of columns.entries()) {
      const cells = rows.map((row) => row[spec.name] as Cell);
      const values = found.map((row) => row[index]);
      if (spec.type === 'float64') {
        expect(values.map((value) => (value === null ? null : Number(value)))).toEqual(
          cells.map((cell) => (cell === null ? null : Number(cell))),
        );
      } else expect(values).toEqual(cells.map((cell) => expected(spec, cell)));
    }
  }

  it('gives back every value of every kind of column as it was', async () => {
    const folder = await temporaryFolder();
    await fc.assert(
      fc.asyncProperty(fc.array(rowOf, { maxLength: 20 }), (rows) => roundTrip(rows, folder)),
      { numRuns: 60 },
    );
  });

  it.each([0, 1, 2047, 2048, 2049])('writes %i rows, at the edges of DuckDB chunks', async (count) => {
    const folder = await temporaryFolder();
    const few = fc.sample(rowOf, 17);
    await roundTrip(
      Array.from({ length: count }, (_, index) => few[index % few.length]!),
      folder,
    );
  });

  it('sorts by the columns it is told', async () => {
    const path = join(await temporaryFolder(), 'sorted.parquet');
    const rows = [
      { token: 3n, time: 7n },
      { token: 1n, time: 9n },
      { token: 1n, time: 8n },
    ];
    await writer.write(batchOf(rows), path, ['token', 'time']);
    const read = await connection.runAndReadAll(
      `SELECT token::INTEGER, epoch_us(time)::INTEGER FROM read_parquet('${path}')`,
    );
    expect(read.getRows()).toEqual([
      [1, 8],
      [1, 9],
      [3, 7],
    ]);
  });

  it('stores every column as the type of the table of columns', async () => {
    const path = join(await temporaryFolder(), 'types.parquet');
    await writer.write(batchOf([{}]), path, []);
    const read = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${path}')`);
    expect(read.getRows().map(([name, type]) => [name, type])).toEqual(
      columns.map((spec) => [spec.name, sqlType(spec)]),
    );
  });

  it('refuses bytes that are no UTF-8 instead of writing a file nobody can read', async () => {
    const path = join(await temporaryFolder(), 'poison.parquet');
    const good = textColumn('text', ['ab', 'cd']);
    const poisoned = { ...good, bytes: Uint8Array.of(0x61, 0xff, 0x63, 0x64) };
    await expect(writer.write({ rows: 2, columns: [poisoned] }, path, [])).rejects.toThrow(/valid/i);
    await writer.write({ rows: 2, columns: [good] }, path, []);
    const read = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
    expect(read.getRows()).toEqual([['ab'], ['cd']]);
  });

  it('refuses texts cut amid a character, which are valid only together', async () => {
    const path = join(await temporaryFolder(), 'cut.parquet');
    const column = { ...textColumn('text', ['é']), offsets: Int32Array.of(0, 1, 2), validity: null };
    await expect(writer.write({ rows: 2, columns: [column] }, path, [])).rejects.toThrow(/valid/i);
  });

  it.runIf(platform() === 'linux')('says that the disk is full, and writes the next file', async () => {
    const rows = Array.from({ length: 5000 }, (_, row) => ({ token: BigInt(row), object_key: `/models/data/${row}` }));
    await expect(writer.write(batchOf(rows), '/dev/full', ['token'])).rejects.toThrow(/no space left on device/i);
    await roundTrip(fc.sample(rowOf, 3), await temporaryFolder());
  });
});
