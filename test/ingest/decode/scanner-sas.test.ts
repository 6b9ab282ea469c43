import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { scannerBinary } from '../../../build/compile-scanner.ts';
import { contentId } from '../../../src/core/position.ts';
import { parseSas, sasParameters } from '../../../src/core/sas.ts';
import { generate } from '../../../src/generate/scenario.ts';
import { ScannerDecoder } from '../../../src/ingest/decode/scanner.ts';
import { scannerLayout } from '../../../src/ingest/decode/scanner-layout.ts';
import { createScannerMemory } from '../../../src/ingest/decode/scanner-memory.ts';
import { recordWith } from './records.ts';
import { rowsOf, sasRowsOf } from './rows.ts';
import { scannerOf, Twins } from './scanner-twin.ts';

vi.mock('../../../src/core/sas.ts', async (original) => {
  const sas = await original<typeof import('../../../src/core/sas.ts')>();
  return { ...sas, parseSas: vi.fn(sas.parseSas) };
});

function recordOf(query: string): string {
  return recordWith({ uri: `https://acct.blob.core.windows.net:443/models/a.ckpt?${query}` });
}

it('hashes texts of every length as node:crypto does', async () => {
  const binary = await scannerBinary(0, (name, source) =>
    name === 'assembly/index.ts' ? `${source}\nexport { contentId } from './sha256';` : source,
  );
  const memory = createScannerMemory();
  const host = new Proxy({}, { get: () => () => 0 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory }, host });
  const { contentId: hashed } = exports as { contentId(at: number, length: number): bigint };
  const bytes = Buffer.from(memory.buffer);
  const { scratch } = scannerLayout.regions;
  const idOf = (text: string) => BigInt.asUintN(64, hashed(scratch, bytes.write(text, scratch)));
  for (let length = 0; length <= 300; length++) {
    const text = Array.from({ length }, (_, i) => String.fromCharCode(33 + ((i * length) % 90))).join('');
    expect(idOf(text)).toBe(contentId(text));
  }
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => idOf(text) === contentId(text)));
});

describe('queries beside the reference decoder', () => {
  const time = fc
    .date({ min: new Date('1960-01-01T00:00:00Z'), max: new Date('2150-01-01T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('rl', 'racwdl', '2021-12-02', 'c', 'sco', 'https,http', '192.0.2.1') },
    { weight: 3, arbitrary: time.map((iso) => iso.replace(/\.\d+/, '')) },
    time,
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('%', '=', '\\', '2', '5', '3', 'A', 'D', 's', 'i', 'g', ';'), maxLength: 12 }),
  );
  const name = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom<string>(...sasParameters, 'sig', 'sv', 'sp', 'se') },
    fc.constantFrom('comp', 'SP', 's%65', 'amp;sp', 'amp;amp;sv', 's\u212Aoid', '', 'saoidx', 'x-nonce'),
  );
  const spelled = (text: string, how: number) =>
    how === 0 ? text : how === 1 ? encodeURIComponent(text) : `${text}%3A`;
  const parameter = fc
    .tuple(name, value, fc.nat(2), fc.constantFrom('=', '=', '=', '', '=='))
    .map(([key, text, how, equals]) => key + equals + spelled(text, how));
  const query = fc.array(parameter, { maxLength: 14 }).map((parts) => parts.join('&'));

  it('gives the same rows and the same sets', () => {
    const twins = new Twins(4 * 1024);
    fc.assert(
      fc.property(fc.array(query, { minLength: 20, maxLength: 20 }), fc.boolean(), (queries, isGrant) => {
        const grant = isGrant ? 'sv=2021-12-02&sp=r&sr=c&' : '';
        twins.feedAll(queries.map((text) => Buffer.from(recordOf(grant + text))));
      }),
      { numRuns: 100 },
    );
    expect(twins.scanner.rows).toBe(0);
  });
});

it('reads what Azure and its SDKs write without a question to TypeScript', () => {
  const records = [...generate({ scenario: 'estate', days: 1, rows: 12_000, seed: 3 }).records()];
  const decoder = scannerOf(13_000);
  vi.mocked(parseSas).mockClear();
  // The Azure CLI takes times without seconds, and days.
  const grants = ['se=2051-10-05T00%3A00Z', 'st=2024-02-29&se=2051-10-05', 'si=my%20policy&sip=192.0.2.1-192.0.2.9'];
  decoder.decode(Buffer.from(grants.map((grant) => recordOf(`sv=1&sr=c&sp=r&${grant}`)).join('\n')), 'lines', 1n);
  expect(vi.mocked(parseSas).mock.calls.length).toBe(0);
  decoder.decode(Buffer.from(records.join('\n')), 'lines', 1n);
  const { rows } = decoder.newSas();
  expect(rows).toBeGreaterThan(100);
  expect(vi.mocked(parseSas).mock.calls.length).toBeLessThan(rows / 50);
});

it('reports each SAS once, whoever read it', () => {
  const decoder = scannerOf(10);
  const odd = recordOf('sv=2021-12-02&sr=c&s%70=r&sig=XXXXX');
  const unsure = recordOf('sv=2021-12-02&sr=c&sp=r&x=1&sig=XXXXX').replace('"time"', '"\\u0074ime"');
  const plain = recordOf('sp=r&sr=c&sv=2021-12-02&sig=XXXXX');
  decoder.decode(Buffer.from([odd, unsure, plain].join('\n')), 'lines', 1n);
  expect(decoder.rows).toBe(3);
  expect(sasRowsOf(decoder.newSas())).toMatchObject([{ kind: 'service', sv: '2021-12-02', sp: 'r' }]);
  decoder.reset();
  decoder.decode(Buffer.from([plain, odd, unsure].join('\n')), 'lines', 1n);
  expect(decoder.newSas().rows).toBe(0);
});

it('keeps a SAS for later while nobody has taken it', () => {
  const decoder = scannerOf(10);
  decoder.decode(Buffer.from(recordOf('sv=1&sp=r&sig=XXXXX')), 'lines', 1n);
  decoder.reset();
  expect(sasRowsOf(decoder.newSas())).toMatchObject([{ kind: 'service', sp: 'r' }]);
});

describe('with room for few SAS', () => {
  const rowsMax = 40;
  let small: WebAssembly.Module;

  beforeAll(async () => {
    const fewer: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
      'assembly/sas.ts': [['entries >= (MEMO_SLOTS >> 1)', 'entries >= 30']],
      'assembly/sas-columns.ts': [
        ['rows >= SAS_ROWS_MAX', 'rows >= 25'],
        ['met >= SAS_MET_MAX', 'met >= 50'],
        ['SAS_COLUMN_BYTES_MAX - SAS_VALUE_BYTES_MAX', '300'],
      ],
    };
    const binary = await scannerBinary(0, (name, source) =>
      (fewer[name] ?? []).reduce((text, [from, to]) => {
        expect(text).toContain(from);
        return text.replace(from, to);
      }, source),
    );
    small = new WebAssembly.Module(binary);
  });

  /** A record with one of 200 SAS, and what happens to it. */
  const record = fc
    .tuple(fc.nat(199), fc.constantFrom('plain', 'plain', 'plain', 'odd', 'unsure', 'rejected'), fc.nat(60))
    .map(([id, kind, length]) => {
      const text = recordOf(`sv=2021-12-02&sr=c&${kind === 'odd' ? 's%70' : 'sp'}=r&si=${id}${'x'.repeat(length)}`);
      if (kind === 'unsure') return text.replace('"time"', '"\\u0074ime"');
      return kind === 'rejected' ? `${text}}` : text;
    });

  function take(decoder: ScannerDecoder, known: Set<unknown>): void {
    for (const set of sasRowsOf(decoder.newSas())) known.add(set['sas_id']);
    const missing = rowsOf(decoder.batch(), ['sas_id']).filter(({ sas_id }) => !known.has(sas_id));
    expect(missing).toEqual([]);
  }

  it('hands on every SAS of a batch with it or before it, and takes every record', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(record, { minLength: 1, maxLength: 60 }), fc.boolean())), (inputs) => {
        const decoder = new ScannerDecoder(small, rowsMax);
        const known = new Set<unknown>();
        let done = 0;
        const end = (isTaken: boolean) => {
          if (isTaken) take(decoder, known);
          decoder.reset();
        };
        for (const [records, isTaken] of inputs) {
          const input = Buffer.from(records.join('\n'));
          for (let at = 0; at < input.length; ) {
            const { rows, rejected, consumed } = decoder.decode(input, 'lines', 1n, at);
            done += rows + rejected.length;
            expect(consumed).toBeGreaterThan(at);
            at = consumed;
            if (at < input.length) end(isTaken);
          }
          end(isTaken);
        }
        expect(done).toBe(inputs.flatMap(([records]) => records).length);
      }),
      { numRuns: 25 },
    );
  });

  it('ends the batch where there is no more', () => {
    const decoder = new ScannerDecoder(small, rowsMax);
    const records = Array.from({ length: 35 }, (_, id) => recordOf(`sv=1&sp=r&si=${id}`));
    const input = Buffer.from(records.join('\n'));
    const { rows, consumed } = decoder.decode(input, 'lines', 1n);
    expect(rows).toBe(25);
    expect(input.toString('utf8', consumed)).toBe(records.slice(25).join('\n'));
    expect(decoder.newSas().rows).toBe(25);
    decoder.reset();
    expect(decoder.decode(input, 'lines', 1n, consumed).rows).toBe(10);
    expect(decoder.newSas().rows).toBe(10);
  });
});
