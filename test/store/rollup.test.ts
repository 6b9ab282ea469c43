import fc from 'fast-check';
import { expect, it } from 'vitest';
import { networkOf } from '../../src/store/network.ts';
import { rollUp } from '../../src/store/rollup.ts';
import { bucketMicros } from '../../src/store/rollup-columns.ts';
import { setSketchBit, sketchBits, sketchBytes, sketchHash } from '../../src/store/sketch.ts';
import { batchOf, type Cell, type Row } from './batch-of.ts';
import { cellsOf } from './cells-of.ts';

const identity = [
  'account',
  'auth_type',
  'token',
  'token_hash',
  'token_fingerprint',
  'sas_id',
  'key_name',
  'key_hash',
] as const;

const classCounters: Record<string, string> = { read: 'reads', write: 'writes', delete: 'deletes', odd: 'others' };

function sketch(name: string, texts: Iterable<string>): Record<string, unknown> {
  const bits = new Uint8Array(sketchBytes);
  const places = new Set<number>();
  for (const text of texts) {
    const hash = sketchHash(Buffer.from(text));
    setSketchBit(bits, 0, hash);
    places.add(hash % sketchBits);
  }
  const [place] = places;
  return places.size === 1
    ? { [`${name}_bits`]: null, [`${name}_bit`]: place }
    : { [`${name}_bits`]: Buffer.from(bits).toString('hex'), [`${name}_bit`]: null };
}

function dotted(ipv4: number): string {
  return [24, 16, 8, 0].map((shift) => (ipv4 >>> shift) & 255).join('.');
}

/** What a rollup says of rows of one group, said again row by row. */
function expectedOf(rows: readonly Row[]): Record<string, unknown> {
  const counted = rows.filter((row) => row.operation_count === 0);
  const status = (row: Row) => row.status_code as number | null;
  const isOk = (row: Row) => [200, 206, 304, 0].includes(status(row) ?? -1);
  const ok = counted.filter(isOk);
  const sum = (name: 'response_body_bytes' | 'request_body_bytes') =>
    counted.reduce((total, row) => total + Number(row[name]), 0);
  const times = rows.map((row) => Number(row.time));
  const addresses = counted.flatMap(({ caller_ipv4, caller_ip }) => {
    if (typeof caller_ipv4 === 'number') return [dotted(caller_ipv4)];
    return typeof caller_ip === 'string' ? [caller_ip] : [];
  });
  const texts = (name: 'object_key' | 'container') =>
    counted.flatMap((row) => (typeof row[name] === 'string' ? [row[name]] : []));
  return {
    bucket: Math.floor(times[0]! / bucketMicros) * bucketMicros,
    ...Object.fromEntries(identity.map((name) => [name, plain(rows[0]![name])])),
    rows: rows.length,
    n: counted.length,
    ok: ok.length,
    errors: counted.filter((row) => status(row) !== null && !isOk(row)).length,
    public_n: counted.filter((row) => row.ip_class === 'public').length,
    http_n: counted.filter((row) => row.protocol === 'HTTP').length,
    old_tls_n: counted.filter((row) => row.tls_version === 'TLS 1.1').length,
    ...Object.fromEntries(
      ['reads', 'lists', 'metas', 'writes', 'copies', 'deletes', 'acls', 'tiers', 'policies', 'leases', 'others'].map(
        (counter) => [counter, ok.filter((row) => classCounters[String(row.operation_class)] === counter).length],
      ),
    ),
    overwrite_candidates: ok.filter((row) => row.operation_name === 'PutBlob').length,
    bytes_out: sum('response_body_bytes'),
    bytes_in: sum('request_body_bytes'),
    container_bits: Number(
      texts('container').reduce((bits, text) => bits | (1n << BigInt(sketchHash(Buffer.from(text)) % 64)), 0n),
    ),
    agent_bits: Number(
      counted.reduce((bits, { user_agent: agent }) => {
        const tool = { 'AzCopy/10.13 x': 'azcopy', 'curl/8': 'curl', '(x)': '-' }[String(agent)];
        return tool === undefined ? bits : bits | (1n << BigInt(sketchHash(Buffer.from(tool)) % 64));
      }, 0n),
    ),
    ...sketch('ip', addresses),
    ...sketch('network', addresses.map(networkOf)),
    ...sketch('object', texts('object_key')),
    suffix: suffixOf(ok),
    min_time: Math.min(...times),
    max_time: Math.max(...times),
  };
}

/** Of names that were written what stands behind the last dot. */
function suffixOf(ok: readonly Row[]): string | null {
  const names = ok.flatMap((row) => (['write', 'copy'].includes(String(row.operation_class)) ? [row.object_key] : []));
  const suffixes = new Set(names.flatMap((name) => /\.([^./]+)$/s.exec(String(name ?? ''))?.[1] ?? []));
  const [suffix = ''] = suffixes;
  return suffixes.size > 1 || Buffer.byteLength(suffix) > 16 ? null : suffix;
}

function plain(cell: Cell | undefined): unknown {
  return typeof cell === 'bigint' ? Number(cell) : cell;
}

const uuid = (digit: string) => fc.option(fc.constantFrom(digit.repeat(32), `${digit.repeat(31)}f`));
const number = (values: bigint[]) => fc.option(fc.constantFrom(...values));
const rowOf = fc.record({
  time: fc.integer({ min: -3, max: 3 }).map((step) => 1_767_225_600_000_000n + BigInt(step) * 149_999_999n),
  account: fc.constantFrom('models', 'logs'),
  auth_type: fc.constantFrom('sas_account', 'oauth'),
  token: number([0n, 1n, 1n << 32n]),
  token_hash: uuid('a'),
  token_fingerprint: number([0n, 2n ** 53n]),
  sas_id: number([0n, 7n]),
  key_name: fc.option(fc.constantFrom('key1', 'key2')),
  key_hash: uuid('0'),
  operation_count: fc.constantFrom(0, 0, 1),
  operation_class: fc.constantFrom('read', 'write', 'write', 'delete', 'odd'),
  operation_name: fc.constantFrom('GetBlob', 'PutBlob'),
  status_code: fc.constantFrom(null, 200, 206, 304, 403, 500, 0),
  response_body_bytes: fc.bigInt({ min: 0n, max: 2n ** 40n }),
  request_body_bytes: fc.bigInt({ min: 0n, max: 2n ** 40n }),
  ip_class: fc.option(fc.constantFrom('public', 'private')),
  caller_ipv4: fc.option(fc.constantFrom(0xc0000201, 0xc0000202, 0xcb007105)),
  caller_ip: fc.option(fc.constantFrom('2001:db8::1', '2001:db8::2', 'x.y')),
  object_key: fc.option(
    fc
      .tuple(
        fc.string({ unit: 'grapheme', maxLength: 8 }),
        fc.constantFrom('', '.txt', '.TXT', '.seventeen-bytes-c', '.sixteen-bytes-ab', '.', '.d/e'),
      )
      .map(([name, ending]) => `${name}${ending}`),
  ),
  container: fc.option(fc.constantFrom('models', 'ä', 'logs')),
  user_agent: fc.option(fc.constantFrom('AzCopy/10.13 x', 'curl/8', '(x)')),
  protocol: fc.option(fc.constantFrom('HTTP', 'HTTPS')),
  tls_version: fc.option(fc.constantFrom('TLS 1.1', 'TLS 1.3')),
});

it('says of every group what its rows say one by one', () => {
  fc.assert(
    fc.property(fc.array(rowOf, { maxLength: 40 }), (rows) => {
      const found = cellsOf(rollUp(batchOf(rows))).map((group) =>
        Object.fromEntries(Object.entries(group).map(([name, cell]) => [name, plain(cell)])),
      );
      const byKey = new Map<string, Row[]>();
      for (const row of rows) {
        const bucket = Math.floor(Number(row.time) / bucketMicros);
        const key = JSON.stringify([bucket, ...identity.map((name) => plain(row[name]))]);
        byKey.set(key, [...(byKey.get(key) ?? []), row]);
      }
      expect(found).toEqual([...byKey.values()].map(expectedOf));
    }),
    { numRuns: 200 },
  );
});

it('keeps rows apart that differ in one part of their identity only', () => {
  const row: Row = {
    token: 1n,
    token_hash: 'a'.repeat(32),
    token_fingerprint: 5n,
    sas_id: 7n,
    key_hash: 'b'.repeat(32),
  };
  const others: Row[] = [
    { token: 1n | (1n << 63n) },
    { token: null },
    { token_hash: `${'a'.repeat(31)}b` },
    { token_fingerprint: 5n | (1n << 40n) },
    { sas_id: null },
    { key_hash: null },
    { key_name: 'key1' },
    { account: 'logs' },
    { auth_type: 'oauth' },
    { time: 1_767_225_900_000_000n },
  ];
  const rows = [row, ...others.map((other) => ({ ...row, ...other })), row];
  expect(rollUp(batchOf(rows)).rows).toBe(others.length + 1);
});

it('keeps sums exact up to 2^53', () => {
  const bytes = 2n ** 52n + 1n;
  const { columns } = rollUp(batchOf([{ response_body_bytes: bytes }, { response_body_bytes: bytes - 2n }]));
  const sums = columns.find(({ spec }) => spec.name === 'bytes_out');
  expect(sums?.layout === 'fixed' && sums.values[0]).toBe(2n ** 53n);
});

it('does not look at what stands in the place of a null', () => {
  const batch = batchOf([{ token: null }, { token: null }]);
  const columns = batch.columns.map((column) =>
    column.spec.name === 'token' && column.layout === 'fixed'
      ? { ...column, values: BigUint64Array.of(1n, 2n) }
      : column,
  );
  expect(rollUp({ rows: 2, columns }).rows).toBe(1);
});
