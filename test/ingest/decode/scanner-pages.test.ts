import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { query as clickHouse } from 'chdb';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Batch } from '../../../src/core/batch.ts';
import type { PageKernel } from '../../../src/core/page-kernel.ts';
import { generate } from '../../../src/generate/scenario.ts';
import { EncoderWriter } from '../../../src/store/encoder-writer.ts';
import { PlainWriter } from '../../../src/store/plain-writer.ts';
import { presentColumns } from '../../../src/store/present-columns.ts';
import { fixedColumn, type Table } from '../../../src/store/table.ts';
import { differences } from '../../store/differences.ts';
import { temporaryFolder } from '../../store/temporary-folder.ts';
import { damages } from './damaged-batch.ts';
import { scannerOf } from './scanner-twin.ts';

const encoder = new EncoderWriter();
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

const scanner = scannerOf(20_000);

function batchOf(records: readonly string[]): Batch {
  scanner.reset();
  expect(scanner.decode(Buffer.from(records.join('\n')), 'lines', 1n).rows).toBe(records.length);
  return scanner.batch();
}

let files = 0;

/** Writes both files, compares them, and says which methods of the kernel were called. */
async function expectAlike(batch: Table, folder: string) {
  const asked = new Set<string>();
  const pages = new Proxy(batch.pages ?? ({} as PageKernel), {
    get: (target, name: keyof PageKernel) => {
      asked.add(name);
      return target[name];
    },
  });
  const table = presentColumns({ ...batch, pages });
  files++;
  const [ours, oracle] = [join(folder, `${files}.parquet`), join(folder, `oracle-${files}.parquet`)];
  await encoder.write(table, ours, []);
  await plain.write(table, oracle, []);
  expect(await differences(connection, table, ours, oracle)).toEqual({
    rows: table.rows,
    columns: table.columns.map(() => 0),
  });
  return { asked, table, ours, oracle };
}

const estate = () => {
  const options = { scenario: 'estate', days: 1, seed: 9, rows: 10_000, late: 0.2, oddities: 0.3 };
  return batchOf([...generate(options).records()].slice(0, 4_500));
};

it('encodes the SAS an estate has met', async () => {
  estate();
  const sas = scanner.newSas();
  expect(sas.rows).toBeGreaterThan(20);
  const { asked } = await expectAlike(sas, await temporaryFolder());
  expect([...asked].sort()).toEqual(expect.arrayContaining(['distinctTexts', 'presentRows', 'textLengths']));
});

it('encodes an estate, sorted or not', async () => {
  const folder = await temporaryFolder();
  await expectAlike(estate(), folder);
  scanner.sort();
  const { asked } = await expectAlike(scanner.batch(), folder);
  expect([...asked].sort()).toEqual([
    'distinctTexts',
    'distinctValues',
    'extremes',
    'gatherPresent',
    'joinSuffixes',
    'markCodes',
    'memory',
    'packCodes',
    'packDeltas',
    'plainTexts',
    'presentRows',
    'presentTexts',
    'sharedPrefixes',
    'textExtremes',
    'textLengths',
    'widen',
  ]);
});

it('encodes the rollup of an estate, whose identities and counters lie in the memory, too', async () => {
  const folder = await temporaryFolder();
  estate();
  scanner.sort();
  const batch = scanner.batch();
  const rollup = scanner.rollUp(batch);
  expect(rollup.pages).toBe(batch.pages);
  const [ours, oracle] = [join(folder, 'rollup.parquet'), join(folder, 'oracle.parquet')];
  await encoder.write(rollup, ours, ['token', 'bucket']);
  await plain.write(rollup, oracle, ['token', 'bucket']);
  expect(await differences(connection, rollup, ours, oracle)).toEqual({
    rows: rollup.rows,
    columns: rollup.columns.map(() => 0),
  });
});

it('says of each column what its least and greatest values are, so that files are passed over and no row is', async () => {
  const { table, ours, oracle } = await expectAlike(estate(), await temporaryFolder());
  const metadata = await connection.runAndReadAll(
    `SELECT path_in_schema, stats_min_value, stats_max_value, stats_null_count FROM parquet_metadata('${ours}')`,
  );
  for (const [name, least, greatest, nulls] of metadata.getRows()) {
    const truth = await connection.runAndReadAll(
      `SELECT min("${name}")::VARCHAR, max("${name}")::VARCHAR, count(*) - count("${name}") FROM '${oracle}'`,
    );
    expect([name, least, greatest, nulls]).toEqual([name, ...(truth.getRows()[0] ?? [])]);
    for (const end of ['min', 'max', 'mode']) {
      const where = `WHERE "${name}" = (SELECT ${end}("${name}") FROM '${oracle}')`;
      const count = (path: string) => connection.runAndReadAll(`SELECT count(*)::INTEGER FROM '${path}' ${where}`);
      expect((await count(ours)).getRows()).toEqual((await count(oracle)).getRows());
    }
  }
  expect(metadata.currentRowCount).toBe(table.columns.length);
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
  fc.constantFrom('a'.repeat(11), 'a'.repeat(12), 'é'.repeat(6), `a${'é'.repeat(6)}`, 'b'.repeat(300)),
);
const record = fc.record(
  {
    correlationId: fc.uuid(),
    statusText: text,
    properties: fc.record({ conditionsUsed: text, clientRequestId: fc.oneof(text, fc.uuid()) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

it('encodes texts, codes and UUIDs of any kind', async () => {
  const folder = await temporaryFolder();
  const rows = fc.oneof(
    fc.array(record, { minLength: 1, maxLength: 40 }),
    fc.array(record, { minLength: 2_049, maxLength: 2_080 }),
  );
  await fc.assert(
    fc.asyncProperty(rows, async (records) => {
      await expectAlike(batchOf(records.map((each) => JSON.stringify({ ...request, ...each }))), folder);
    }),
    { numRuns: 15, endOnFailure: true },
  );
});

const lines = (rows: number) =>
  Array.from({ length: rows }, (_, row) =>
    JSON.stringify({ ...request, properties: { conditionsUsed: `If-Match: ${row} é` } }),
  );

const numberColumns = [
  'time_tick',
  'status_code',
  'duration_ms',
  'caller_ipv4',
  'caller_port',
  'correlation_id',
  'etag',
  'request_body_bytes',
  'response_body_bytes',
  'last_modified',
] as const;

/** Fills the columns of numbers with values of so many kinds, and nulls in one of so many rows. */
function fillNumbers(batch: Batch, kinds: number, nulls: number, bits: number, seed: number): void {
  let state = seed | 1;
  const next = () => {
    state = Math.imul(state ^ (state << 13), 0x2c9277b5);
    return (state ^ (state >>> 15)) >>> 0;
  };
  for (const name of numberColumns) {
    const { values, validity, spec } = fixedColumn(batch, name);
    const width = spec.type === 'uuid' ? 16 : values.BYTES_PER_ELEMENT;
    const bytes = Buffer.from(values.buffer, values.byteOffset, batch.rows * width);
    for (let row = 0; row < batch.rows; row++) {
      const kind = next() % kinds;
      // No date is too far for DuckDB; and no double is NaN.
      const most = spec.type === 'timestamp' ? 52 : spec.type === 'float64' ? 62 : 64;
      const mixed = BigInt.asUintN(Math.min(bits, most), BigInt(kind + 1) * 0x9e37_79b9_7f4a_7c15n);
      const value = bits === 64 && kind % 7 === 0 && most === 64 ? BigInt(kind % 2) - (1n << 63n) : mixed;
      for (let at = 0; at < width; at++) bytes[row * width + at] = Number((value >> BigInt(8 * (at % 8))) & 0xffn);
      if (validity !== null && nulls > 0) {
        const bit = 1 << (row & 7);
        const byte = validity[row >> 3] ?? 0;
        validity[row >> 3] = next() % nulls === 0 ? byte & ~bit : byte | bit;
      }
    }
  }
}

it.each([
  [300, 1, 0, 64],
  [4_101, 3, 5, 64],
  [4_101, 256, 2, 40],
  [4_101, 257, 50, 64],
  [4_101, 1_000_000, 3, 64],
  [4_101, 1_000_000, 9, 20],
  [20_000, 7_000, 4, 64],
  [20_000, 9_500, 0, 33],
])('encodes numbers: %i rows of %i values, null in one of %i, of %i bits', async (rows, kinds, nulls, bits) => {
  const folder = await temporaryFolder();
  const batch = batchOf(lines(rows));
  fillNumbers(batch, kinds, nulls, bits, rows + kinds + bits);
  await expectAlike(batch, folder);
});

it('knows nothing of the column before, nor of that 65,535 columns before', () => {
  const batch = batchOf(lines(4));
  const { values } = fixedColumn(batch, 'etag');
  if (!(values instanceof BigUint64Array) || batch.pages === undefined) throw new TypeError('the scanner has etags');
  const { pages } = batch;
  const codesOf = (...etags: bigint[]) => {
    values.set(etags);
    return [...(pages.distinctValues(values.byteOffset, 8, etags.length, 2)?.codes ?? [])];
  };
  for (let from = 0; from < 2; from++) {
    expect(codesOf(5n, 6n, 5n, 6n)).toEqual([0, 1, 0, 1]);
    for (let columns = 1; columns < 65_535; columns++) pages.distinctValues(values.byteOffset, 8, 1, 2);
    expect(codesOf(6n, 6n)).toEqual([0, 0]);
  }
});

it('encodes deltas that ClickHouse and hyparquet read, too', async () => {
  const batch = batchOf(lines(4_101));
  fillNumbers(batch, 1_000_000, 9, 50, 7);
  const { ours } = await expectAlike(batch, await temporaryFolder());
  const names = ['etag', 'caller_port', 'last_modified'] as const;
  const metadata = await connection.runAndReadAll(
    `SELECT path_in_schema, encodings FROM parquet_metadata('${ours}') WHERE path_in_schema IN ('${names.join("', '")}')`,
  );
  expect(metadata.getRows().map(([, encodings]) => encodings)).toEqual(names.map(() => 'RLE, DELTA_BINARY_PACKED'));
  const sums = (cast: string) =>
    names.map((name) => `sum(${name === 'last_modified' ? cast : name})::VARCHAR`).join(', ');
  const expected = (
    await connection.runAndReadAll(`SELECT ${sums('epoch_us(last_modified)')} FROM '${ours}'`)
  ).getRows()[0];
  const columns = `toString(sum(toInt128(etag))), toString(sum(toInt128(caller_port))),
    toString(sum(toInt128(toUnixTimestamp64Micro(assumeNotNull(last_modified)))))`;
  const byClickHouse: unknown = JSON.parse(
    clickHouse(`SELECT ${columns} FROM file('${ours}', Parquet) FORMAT JSONCompactEachRow`),
  );
  expect(byClickHouse).toEqual(expected);
  const parsers = { timestampFromMicroseconds: (micros: bigint) => micros };
  const file = await asyncBufferFromFile(ours);
  const read = await parquetReadObjects({ file, compressors, columns: [...names], parsers });
  const total = (name: string) => read.reduce((sum, row) => sum + BigInt(row[name] ?? 0), 0n).toString();
  expect(names.map(total)).toEqual(expected);
});

it.each(damages)('refuses %s', async (_, message, damage) => {
  const batch = batchOf(lines(4_200));
  damage(batch);
  await expect(encoder.write(batch, join(await temporaryFolder(), 'bad.parquet'), [])).rejects.toThrow(message);
});
