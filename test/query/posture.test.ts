import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SasSet } from '../../src/core/sas.ts';
import { bindSaved, savedQuery } from '../../src/query/saved-query.ts';
import { openReader, type Reader } from '../../src/store/reader.ts';
import type { Row } from '../store/batch-of.ts';
import { lakeOf } from './lake-of.ts';

const at = (iso: string) => BigInt(Date.parse(`${iso}Z`)) * 1_000n;
const nameOf = (n: number) => `${n}FA34A60${'0'.repeat(24)}`;

function set(n: number, kind: SasSet['kind'], parameters: SasSet['parameters']): SasSet {
  const time = (text: string | undefined) => (text === undefined ? null : at(text));
  return {
    sasId: BigInt(n),
    kind,
    parameters,
    stTime: time(parameters.st),
    seTime: time(parameters.se),
    sktTime: null,
    skeTime: null,
  };
}

const sets = [
  set(1, 'account', { ss: 'bqtf', srt: 'sco', sp: 'rwdlacup', se: '2051-01-01T00:00', spr: 'https,http' }),
  set(2, 'account', { ss: 'b', srt: 'o', sp: 'rw', st: '2026-01-01T00:00', se: '2026-04-11T00:00', spr: 'https' }),
  set(3, 'service', { sr: 'c', sp: 'rl', se: '2026-01-31T00:00', spr: 'https' }),
  set(4, 'service', { sr: 'c', si: 'partners' }),
  set(5, 'user_delegation', { sr: 'd', sp: 'racwdlp', se: '2026-01-07T00:00', sip: '203.0.113.7', spr: 'https' }),
  set(6, 'user_delegation', { sr: 'b', sp: 'r', se: '2026-01-01T12:00', sip: '203.0.113.7', spr: 'https' }),
];

const authTypes = { account: 'sas_account', service: 'sas_service', user_delegation: 'sas_user_delegation' } as const;

/** A request with the token of that number that read the first object of container `c`, but for these differences. */
function request(n: number, time: string, differences: Row = {}): Row {
  return {
    ...{ time: at(time), token: BigInt(`0x${nameOf(n).slice(0, 16)}`), token_hash: nameOf(n), sas_id: BigInt(n) },
    ...{ token_fingerprint: BigInt(n), auth_type: authTypes[sets[n - 1]?.kind ?? 'service'], key_name: 'key1' },
    ...{ account: 'acct', service: 'blob', container: 'c', object_key: '/acct/c/a', operation_count: 0 },
    ...{ operation_name: 'GetBlob', operation_class: 'read', category: 'StorageRead', status_code: 200 },
    ...{ ip_class: 'public', caller_ipv4: 0xcb007107, protocol: 'HTTPS' },
    ...differences,
  };
}

const list = { operation_name: 'ListBlobs', operation_class: 'list', object_key: '/acct/c' };
const put = { operation_name: 'PutBlob', operation_class: 'write', category: 'StorageWrite', status_code: 201 };
const remove = { operation_name: 'DeleteBlob', operation_class: 'delete', category: 'StorageDelete', status_code: 202 };

let data: string;
let reader: Reader;
beforeAll(async () => {
  data = await lakeOf(
    [
      request(1, '2026-01-01T00:00'),
      request(1, '2026-01-01T05:10', {
        ...list,
        operation_name: 'ListContainers',
        container: null,
        object_key: '/acct',
      }),
      request(1, '2026-01-01T06:00', { ...remove, status_code: 403 }),
      request(2, '2026-01-01T00:00', { caller_ipv4: 0xcb007101 }),
      request(2, '2026-01-11T00:30', { ...put, container: 'd', object_key: '/acct/d/b', protocol: 'HTTP' }),
      // What the classic log says of the same token: no hash, the same parameters.
      request(2, '2026-01-12T00:00', { token: null, token_hash: null, key_name: null }),
      request(3, '2026-01-01T00:00', list),
      request(3, '2026-01-01T00:20', { object_key: '/acct/c/x/b' }),
      request(4, '2026-01-01T00:00', { ip_class: 'private', caller_ipv4: 0x0a000004 }),
      request(4, '2026-01-02T02:00', { ...remove, uri_query: 'versionid=1&sig=XXXXX' }),
      request(5, '2026-01-01T00:00', { status_code: 404 }),
      request(6, '2026-01-01T00:00'),
      request(6, '2026-01-01T01:01', { status_code: 206 }),
    ],
    sets,
  );
  reader = await openReader(data);
});
afterAll(async () => {
  reader.close();
  await rm(data, { recursive: true });
});

async function ask(name: string, values: Parameters<typeof bindSaved>[1] = {}) {
  const rows = (await reader.connection.runAndReadAll(bindSaved(await savedQuery(name), values))).getRowObjectsJson();
  return new Map(rows.map((row) => [Number(String(row['token_id']).slice(0, 1)), row]));
}

describe('the score of what a token grants', () => {
  const pointsOf = (row: Record<string, unknown> | undefined) =>
    ['scope', 'power', 'lifetime', 'address', 'protocol', 'policy'].map((part) => row?.[`${part}_points`]);

  it('adds up scope, power, lifetime, address, protocol and policy', async () => {
    const found = await ask('posture');
    expect([...found.keys()].filter((n) => n > 0)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(pointsOf(found.get(1))).toEqual([25, 25, 20, 10, 10, 10]);
    expect(pointsOf(found.get(2))).toEqual([20, 15, 15, 10, 0, 10]);
    expect(pointsOf(found.get(3))).toEqual([15, 0, 10, 10, 0, 10]);
    expect(pointsOf(found.get(4))).toEqual([15, 0, 0, 10, 10, 0]);
    expect(pointsOf(found.get(5))).toEqual([10, 25, 0, 0, 0, 0]);
    expect(pointsOf(found.get(6))).toEqual([5, 0, 0, 0, 0, 0]);
    expect([1, 2, 3, 4, 5, 6].map((n) => found.get(n)?.['score'])).toEqual([100, 70, 45, 35, 35, 5]);
    expect([1, 4].map((n) => found.get(n)?.['score_is_least'])).toEqual([false, true]);
  });

  it('names the powers that were granted and not used', async () => {
    const found = await ask('posture');
    expect([1, 2, 3, 4, 5, 6].map((n) => found.get(n)?.['unused'])).toEqual([
      ['write', 'delete'],
      [],
      [],
      [],
      ['read', 'list', 'write', 'delete', 'control'],
      [],
    ]);
  });
});

describe('the least grant that would have served', () => {
  it('is told for every token', async () => {
    const found = await ask('least-privilege');
    expect(found.size).toBe(6);
    const part = (n: number, ...names: string[]) => names.map((name) => found.get(n)?.[name]);
    expect(part(1, 'needs_scope', 'needs_sp', 'needs_hours', 'spare', 'suggestion')).toEqual([
      ...['account', 'rl', '6', 'acuwdp', 'account SAS sp=rl sip=203.0.113.7 spr=https for 6 hours'],
    ]);
    expect(part(2, 'needs_scope', 'needs_sp', 'needs_hours', 'containers', 'spare', 'suggestion')).toEqual([
      ...['containers', 'rw', '264', '2', ''],
      'user delegation SAS for each of 2 containers sp=rw sip=203.0.113.1-203.0.113.7 spr=https,http for at most 7 days, renewed',
    ]);
    expect(part(3, 'needs_scope', 'needs_sp', 'suggestion')).toEqual([
      ...['container', 'rl', 'user delegation SAS for container c sp=rl sip=203.0.113.7 spr=https for 1 hour'],
    ]);
    expect(part(4, 'needs_sp', 'needs_sip', 'needs_hours', 'spare', 'suggestion')).toEqual([
      ...['rx', null, '26', null, 'user delegation SAS for /acct/c/a sp=rx spr=https for 26 hours'],
    ]);
    expect(part(5, 'needs_sp', 'needs_spr', 'needs_hours', 'spare', 'suggestion')).toEqual([
      ...['', null, null, 'racwdlp', 'none: nothing it asked for succeeded'],
    ]);
    expect(part(6, 'needs_scope', 'needs_sp', 'needs_hours', 'suggestion')).toEqual([
      ...['object', 'r', '2', 'user delegation SAS for /acct/c/a sp=r sip=203.0.113.7 spr=https for 2 hours'],
    ]);
  });

  it('is told of one token in a period', async () => {
    const found = await ask('least-privilege', { token: nameOf(2), until: at('2026-01-02T00:00') });
    expect([...found.keys()]).toEqual([2]);
    expect(found.get(2)).toMatchObject({ needs_sp: 'r', needs_hours: '1', spare: 'w', needs_scope: 'object' });
  });
});
