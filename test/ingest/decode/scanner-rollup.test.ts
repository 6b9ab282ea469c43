import fc from 'fast-check';
import { expect, it } from 'vitest';
import { generate } from '../../../src/generate/scenario.ts';
import type { ScannerDecoder } from '../../../src/ingest/decode/scanner.ts';
import { rollUp } from '../../../src/store/rollup.ts';
import { rowOrder } from '../../../src/store/row-order.ts';
import { cellsOf } from '../../store/cells-of.ts';
import { scannerOf } from './scanner-twin.ts';

function expectTwins(scanner: ScannerDecoder): number {
  const batch = scanner.batch();
  const rollup = scanner.rollUp(batch);
  const fast = cellsOf(rollup);
  if (batch.sortedBy !== undefined) expect(rowOrder(rollup, rollup.sortedBy ?? ['not said'])).toBeNull();
  expect(rollup.sortedBy).toEqual(batch.sortedBy && ['token', 'bucket']);
  expect(fast).toEqual(cellsOf(rollUp(batch)));
  scanner.reset();
  return fast.length;
}

it('condenses an estate as the plain rollup does, sorted and unsorted, again and again', () => {
  const scanner = scannerOf();
  const estate = { scenario: 'estate', days: 1, seed: 5, rows: 12_000, late: 0.2, oddities: 0.3 };
  const records = [...generate(estate).records()];
  for (const [from, to] of [
    [0, 6_000],
    [6_000, 12_000],
    [0, 1],
    [1, 4],
  ] as const) {
    for (const sorted of [false, true]) {
      scanner.decode(Buffer.from(records.slice(from, to).join('\n')), 'lines', 1n);
      if (sorted) scanner.sort();
      expect(expectTwins(scanner)).toBeGreaterThan(to - from > 100 ? 100 : 0);
    }
  }
  expect(scanner.rollUp(scanner.batch()).rows).toBe(0);
});

const suffix = fc.constantFrom(
  '',
  '.txt',
  '.txt',
  '.TXT',
  '.12345678',
  '.sixteen-bytes-ab',
  '.seventeen-bytes-c',
  '.',
  '.ü',
  '.a\0',
  '.d/e',
);
const hash = (digit: string) => digit.repeat(64);
const record = fc.record(
  {
    time: fc
      .constantFrom(-300_000, -1, 0, 299_999, 300_000, 1_700_000_000_000, 1_700_000_000_001)
      .map((millis) => new Date(millis).toISOString()),
    category: fc.constantFrom('StorageRead', 'StorageWrite', 'StorageOther'),
    operationName: fc.constantFrom(
      'GetBlob',
      'PutBlob',
      'PutBlob',
      'CopyBlob',
      'ListBlobs',
      'SetBlobTier',
      'NeverHeardOf',
    ),
    statusCode: fc.constantFrom('200', '199', '299', '300', '304', '403', '0', '-1073741790', 'Unknown', null),
    callerIpAddress: fc.constantFrom(
      '192.0.2.7:1',
      '203.0.113.255',
      '198.51.100.10',
      '0.0.0.0',
      '[2001:db8::1]:5',
      'x',
      null,
    ),
    protocol: fc.constantFrom('HTTP', 'http', 'HTTPS', null),
    identity: fc.record(
      {
        type: fc.constantFrom('SAS', 'OAuth', 'Anonymous'),
        tokenHash: fc.constantFrom(
          `key1(${hash('A')}),SasSignature(${hash('B')})`,
          `key2(${hash('A')}),SasSignature(${hash('B')})`,
          `key1(${hash('C')}),SasSignature(${hash('B')})`,
          `key1(${hash('A')}),SasSignature(${hash('B').slice(0, 31)}C${hash('B').slice(32)})`,
          `key1(${hash('A')})`,
        ),
      },
      { requiredKeys: ['type'] },
    ),
    uri: fc.constantFrom(
      'https://models.blob.core.windows.net/a/b?sv=2021-08-06&sr=c&sp=r&sig=x',
      'https://models.blob.core.windows.net/a/b?sv=2021-08-06&sr=c&sp=rw&sig=x',
      'https://logs.blob.core.windows.net/a/b',
    ),
    properties: fc.record(
      {
        accountName: fc.constantFrom('models', 'logs'),
        userAgentHeader: fc.constantFrom('AzCopy/10.13 x', 'curl/8', '(x)', ''),
        operationCount: fc.constantFrom(0, 1, 2),
        requestBodySize: fc.integer({ min: 0, max: 2 ** 40 }),
        responseBodySize: fc.integer({ min: 0, max: 2 ** 40 }),
        tlsVersion: fc.constantFrom('TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'tls 1.1', ''),
        objectKey: fc
          .tuple(fc.string({ unit: 'grapheme', maxLength: 40 }), suffix)
          .map(([name, ending]) => `/models/${name.slice(0, 3)}/${name}${ending}`),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['time', 'category', 'operationName', 'uri'] },
);

it('condenses any rows as the plain rollup does', () => {
  const scanner = scannerOf(64);
  fc.assert(
    fc.property(fc.array(record, { maxLength: 40 }), fc.boolean(), (records, sorted) => {
      const { rows } = scanner.decode(Buffer.from(records.map((row) => JSON.stringify(row)).join('\n')), 'lines', 1n);
      expect(rows).toBe(records.length);
      if (sorted) scanner.sort();
      expectTwins(scanner);
    }),
    { numRuns: 300 },
  );
});
