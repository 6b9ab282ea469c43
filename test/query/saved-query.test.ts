import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SasSet } from '../../src/core/sas.ts';
import { Prng } from '../../src/generate/prng.ts';
import { bindSaved, savedQueries, savedQuery } from '../../src/query/saved-query.ts';
import { openReader } from '../../src/store/reader.ts';
import { run } from '../cli/recording-effects.ts';
import type { Row } from '../store/batch-of.ts';
import { lakeOf } from './lake-of.ts';

const hash = '4FA34A6085B7231B810346E7EDC21B9B';
const other = '5FA34A6085B7231B810346E7EDC21B9B';
const fingerprint = 77n;
const policy: SasSet = {
  ...{ sasId: 1n, kind: 'service', parameters: { sv: '2021-06-08', sr: 'c', si: 'reports' } },
  ...{ stTime: null, seTime: null, sktTime: null, skeTime: null },
};
const hour = (n: number) => BigInt(Date.UTC(2026, 0, 1, n)) * 1_000n;
const of = (token_hash: string) => ({
  ...{
    token: BigInt(`0x${token_hash.slice(0, 16)}`),
    token_hash,
    token_fingerprint: fingerprint,
    auth_type: 'sas_account',
  },
  ...{
    key_name: 'key1',
    key_hash: 'AAAAAAAABBBBCCCCDDDDEEEEEEEEEEEE',
    account: 'acct',
    container: 'c',
    status_code: 200,
  },
});
const read = { operation_class: 'read', operation_name: 'GetBlob', category: 'StorageRead' };
const remove = { operation_class: 'delete', operation_name: 'DeleteBlob', category: 'StorageDelete' };

/** An hour as hours since 1970, and what the answers hold of it. */
const hourMs = 3_600_000;
const hourNumber = (text: unknown) => Date.parse(`${String(text).replace(' ', 'T')}Z`) / hourMs;
const hoursOf = ({ category, hours_with_records, hours_without_records, records, gaps }: Record<string, unknown>) => ({
  ...{ category, hours_with_records, hours_without_records, records: Number(records) },
  gaps: ((gaps ?? []) as { from: string; until: string; hours: number }[]).map(({ from, until, hours }) => {
    expect(hourNumber(until) - hourNumber(from)).toBe(hours);
    return [hourNumber(from), hours];
  }),
});

/** Coverage the slow way: every hour is looked at. */
function hourByHour(events: readonly { category: string; at: number }[], since?: string, until?: string) {
  const hours = events.map(({ at }) => Math.floor(at / hourMs));
  const first = since === undefined ? Math.min(...hours) : Math.floor(Date.parse(since) / hourMs);
  const end = until === undefined ? Math.max(...hours) + 1 : Math.ceil(Date.parse(until) / hourMs);
  if (until !== undefined && Date.parse(until) <= first * hourMs) return [];
  return ['StorageRead', 'StorageWrite'].map((category) => {
    const gaps: [number, number][] = [];
    const answer = { category, hours_with_records: 0, hours_without_records: 0, records: 0 };
    for (let at = first; at < end; at++) {
      const records = events.filter((event) => event.category === category && Math.floor(event.at / hourMs) === at);
      answer.records += records.length;
      answer[records.length > 0 ? 'hours_with_records' : 'hours_without_records'] += 1;
      const last = gaps.at(-1);
      if (records.length > 0) continue;
      if (last !== undefined && last[0] + last[1] === at) last[1] += 1;
      else gaps.push([at, 1]);
    }
    return { ...answer, gaps: gaps.sort(([a, m], [b, n]) => n - m || a - b) };
  });
}

let data: string;
const ask = async (name: string, ...params: string[]) => {
  const args = params.flatMap((param) => ['--param', param]);
  const { code, stdout, stderr } = await run(['query', '--saved', name, ...args, '--json', '--data', data]);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^(coverage: acct .*\n)+$/)]);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
};

beforeAll(async () => {
  data = await lakeOf([
    { ...of(hash), ...read, time: hour(1), object_key: '/acct/c/a', response_body_bytes: 5n },
    { ...of(hash), ...read, time: hour(1), object_key: '/acct/c/a', response_body_bytes: 5n },
    { ...of(hash), ...read, time: hour(1), object_key: '/acct/c/refused', status_code: 403 },
    { ...of(hash), ...read, time: hour(2), object_key: '/acct/public/b', container: 'public' },
    {
      ...of(hash),
      ...read,
      time: hour(3),
      object_key: '/acct/c/classic',
      token: null,
      token_hash: null,
      key_hash: null,
    },
    { ...of(hash), ...remove, time: hour(4), object_key: '/acct/c/a', status_code: 202 },
    { ...of(other), ...read, time: hour(6), object_key: '/acct/c/other', token_fingerprint: 78n },
  ]);
});
afterAll(() => rm(data, { recursive: true }));

describe('the saved queries', () => {
  it('tell the objects a token read, of classic lines too, and of no other token', async () => {
    const rows = await ask('objects-read', `token=${hash}`, 'except_container=public');
    expect(rows.map(({ object_key, requests, bytes }) => [object_key, requests, bytes])).toEqual([
      ['/acct/c/a', 2, 10],
      ['/acct/c/classic', 1, 0],
    ]);
    expect(
      await ask('objects-read', `token=${hash}`, 'since=2026-01-01T02:00Z', 'until=2026-01-01T03:00Z'),
    ).toHaveLength(1);
  });

  it('tell what it changed, and whether that had been read', async () => {
    const rows = await ask('objects-changed', `token=${hash.slice(0, 12)}`);
    expect(rows).toMatchObject([{ object_key: '/acct/c/a', operation_name: 'DeleteBlob', read_before: true }]);
  });

  it('tell first use, callers and the other tokens of the key', async () => {
    expect((await ask('token-first-use', `token=${hash}`))[0]).toMatchObject({
      first_object: '/acct/c/a',
      requests: 3,
    });
    expect(await ask('token-callers', `token=${hash}`)).toMatchObject([{ requests: 6, refused: 1, objects_read: 3 }]);
    const rows = await ask('tokens-on-key', `token=${hash}`);
    expect(rows.map(({ token_id, itself }) => [token_id, itself])).toEqual([
      [hash, true],
      [other, false],
    ]);
  });

  it('tell whether a revocation took: in use, verified, unseen', async () => {
    const at = async (revoked: string) =>
      (await ask('revocation', `token=${hash}`, `revoked=${revoked}`))[0]?.revocation;
    expect(await at('2026-01-01T04:00Z')).toBe('still in use');
    expect(await at('2026-01-01T05:00Z')).toBe('still in use');
    expect(await at('2026-01-01T07:00Z')).toBe('unseen');
    const ofClassic = await ask('revocation', 'token=000000000000004D', 'revoked=2026-01-01T05:00Z');
    expect(ofClassic[0]?.revocation).toBe('verified');
  });

  it('do not take a token for revoked that was told an object is missing, and do for one whose policy went', async () => {
    const later = { ...of(hash), ...read, time: hour(2) };
    const verdict = async (row: Row, params: Row = {}) => {
      const lake = await lakeOf(
        [
          { ...of(hash), ...read, time: hour(0), ...params },
          { ...later, ...row },
        ],
        [policy],
      );
      const args = ['--param', `token=${hash}`, '--param', 'revoked=2026-01-01T01:00Z', '--json', '--data', lake];
      const { stdout } = await run(['query', '--saved', 'revocation', ...args]);
      await rm(lake, { recursive: true });
      return JSON.parse(stdout);
    };
    for (const status_code of [304, 412]) {
      expect(await verdict({ status_code }), String(status_code)).toMatchObject({ revocation: 'still in use' });
    }
    expect(await verdict({ status_code: 403 })).toMatchObject({ revocation: 'verified', token_refusals: 1 });
    expect(await verdict({ status_code: 404 })).toMatchObject({
      ...{ revocation: 'still in use', token_successes: 0, token_refusals: 0, token_let_in: 1 },
    });
    const ofOther = { ...of(other), token_fingerprint: 78n };
    expect(await verdict(ofOther)).toMatchObject({ revocation: 'still in use', key_successes: 1 });
    expect(await verdict(ofOther, { sas_id: 1n })).toMatchObject({ revocation: 'verified', key_successes: 0 });
  });

  it('tell refusals of a caller from objects that are not there', async () => {
    const lake = await lakeOf([
      ...[200, 403, 401, 404, 404, 412].map((status_code) => ({ ...of(hash), ...read, time: hour(1), status_code })),
    ]);
    const args = ['--param', `token=${hash}`, '--json', '--data', lake];
    const { stdout } = await run(['query', '--saved', 'token-callers', ...args]);
    await rm(lake, { recursive: true });
    expect(JSON.parse(stdout)).toMatchObject({ requests: 6, refused: 2, failed: 3 });
  });

  it('tell the gaps, the longest first', async () => {
    const rows = await ask('coverage', 'until=2026-01-01T10:00Z');
    expect(rows).toMatchObject([
      { category: 'StorageDelete', hours_with_records: 1, hours_without_records: 8 },
      { category: 'StorageRead', hours_with_records: 4, hours_without_records: 5 },
    ]);
    expect(rows[1].gaps.map(({ hours }: { hours: number }) => hours)).toEqual([3, 2]);
  });

  it.each([
    [undefined, undefined],
    ['2026-01-02T05:20Z', undefined],
    [undefined, '2026-01-02T05:20Z'],
    ['2026-01-02T05:20Z', '2026-01-03T09:00Z'],
    ['2026-01-02T05:20Z', '2026-01-02T05:30Z'],
    ['2025-12-01T00:00Z', '2026-02-01T00:00Z'],
    ['2027-01-01T00:00Z', '2027-01-02T00:00Z'],
    ['2026-01-03T00:00Z', '2026-01-02T00:00Z'],
  ])('tell from %s to %s the gaps that a look at every hour finds', async (since, until) => {
    const prng = new Prng(1, 'hours');
    const events = Array.from({ length: 60 }, () => ({
      category: prng.pick(['StorageRead', 'StorageWrite']),
      at: Date.UTC(2026, 0, 1) + prng.int(0, 96 * hourMs - 1),
    }));
    const rows = events.map(({ category, at }) => ({ ...of(hash), ...read, category, time: BigInt(at) * 1_000n }));
    const lake = await lakeOf(rows);
    const reader = await openReader(lake);
    const micros = (text: string | undefined) => (text === undefined ? null : BigInt(Date.parse(text)) * 1_000n);
    const sql = bindSaved(await savedQuery('coverage'), { since: micros(since), until: micros(until) });
    const found = (await reader.connection.runAndReadAll(sql)).getRowObjectsJson();
    reader.close();
    await rm(lake, { recursive: true });
    expect(found.map(hoursOf)).toEqual(hourByHour(events, since, until));
  });

  it('run on an empty lake and name every parameter they use', async () => {
    const reader = await openReader(data);
    for (const query of await savedQueries()) {
      const needed = Object.entries(query.params).filter(([, parameter]) => !('default' in parameter));
      const values = needed.map(([name, { type }]) => [name, type === 'time' ? 0n : 'FFFFFFFF'] as const);
      const sql = bindSaved(query, Object.fromEntries(values));
      expect(sql, query.name).not.toMatch(/\$[a-z]/);
      await reader.connection.run(sql);
    }
    reader.close();
  });

  it('write a text as a text, whatever it holds', async () => {
    const sql = bindSaved(await savedQuery('objects-read'), { token: "'; SELECT 1 --", except_container: "$token'" });
    expect(sql).toContain("'''; SELECT 1 --'");
    expect(sql).toContain("'$token'''");
  });

  it.each([
    [['--saved', 'nope'], 'there are coverage'],
    [['--saved', 'objects-read'], 'needs the parameter token'],
    [['--saved', 'objects-read', '--param', 'token=zzz'], 'names no token'],
    [['--saved', 'objects-read', '--param', `token=${hash}`, '--param', 'x=1'], 'has no parameter x'],
    [['--saved', 'coverage', '--param', 'since=yesterday'], 'since is a time'],
    [['--saved', 'coverage', '--param', 'since'], 'NAME=VALUE'],
    [['SELECT 1', '--param', 'a=b'], 'Give either SQL'],
    [[], 'Give either SQL'],
  ])('refuse %j', async (argv, reason) => {
    expect(await run(['query', '--data', data, ...argv])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(reason),
    });
  });

  it('are listed with their parameters', async () => {
    const { stdout } = await run(['query', '--saved']);
    for (const { name } of await savedQueries()) expect(stdout).toMatch(new RegExp(`^${name}  `, 'm'));
  });
});
