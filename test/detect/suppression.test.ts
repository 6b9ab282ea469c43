import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Config, parseConfig } from '../../src/core/config.ts';
import { allDetections } from '../../src/detect/shipped.ts';
import { checkSuppressions, suppress } from '../../src/detect/suppression.ts';
import { openReader, type Reader } from '../../src/store/reader.ts';
import { lakeOf } from '../query/lake-of.ts';
import { findingOf, minute } from './finding-of.ts';

const hash = '4FA34A6085B7231B810346E7EDC21B9B';
const finding = findingOf({ entity: hash, family: 'sas_service|c|rl', from: 60, to: 120 });
let dataDir: string;
let reader: Reader;

beforeAll(async () => {
  const token = { account: 'acct', token: 0x4fa34a6085b7231bn, token_hash: hash, operation_count: 0 };
  const row = (at: number, ip: number) => ({ ...token, time: minute(at), caller_ipv4: ip });
  const text = (at: number, ip: string) => ({ ...token, time: minute(at), caller_ip: ip });
  // 192.0.2.7 while the finding lasts, 203.0.113.9 before it.
  dataDir = await lakeOf([
    ...[row(10, 0xcb007109), row(60, 0xc0000207), row(120, 0xc0000207)],
    ...[text(200, '2001:db8:0:2::7'), text(210, '<Redacted>')],
  ]);
  reader = await openReader(dataDir);
});
afterAll(() => {
  reader.close();
  rmSync(dataDir, { recursive: true });
});

type Suppression = Config['detect']['suppressions'][number];
const quiet = (changes: Partial<Suppression>): Suppression => ({
  name: 'migration',
  reason: 'announced',
  until: '2026-02-01',
  ...changes,
});
const nameOf = async (changes: Partial<Suppression>, about = finding) =>
  (await suppress(reader.connection, [about], [quiet(changes)]))[0]?.suppression;

it.each([
  ['rule', { rules: ['W-EXF-1'] }, { rules: ['W-EXF-2'] }],
  ['tag', { tags: ['attack.t1530'] }, { tags: ['attack.t1485'] }],
  ['whole hash of the token', { tokens: [`${hash.toLowerCase()}810346E7`] }, { tokens: ['00'.repeat(32)] }],
  ['family', { families: ['sas_service|c|rl'] }, { families: ['sas_service|c'] }],
  ['account', { accounts: ['acct'] }, { accounts: ['other'] }],
  [
    'addresses of all its requests',
    { addresses: ['203.0.113.0/24', '192.0.2.0/29'] },
    { addresses: ['203.0.113.0/24'] },
  ],
  [
    'rule and account together',
    { rules: ['W-EXF-1'], accounts: ['acct'] },
    { rules: ['W-EXF-1'], accounts: ['other'] },
  ],
])('keeps a finding quiet by %s', async (_, fitting, other) => {
  expect(await nameOf(fitting)).toBe('migration');
  expect(await nameOf(other)).toBeNull();
});

it('ends with its date, of event time', async () => {
  expect(await nameOf({ accounts: ['acct'], until: '2026-01-01' })).toBeNull();
  expect(await nameOf({ accounts: ['acct'], until: '2026-01-02' })).toBe('migration');
});

it('takes a network by its whole range', async () => {
  const network = findingOf({ entityKind: 'network', entity: '192.0.2.0/24' });
  expect(await nameOf({ addresses: ['192.0.0.0/16'] }, network)).toBe('migration');
  expect(await nameOf({ addresses: ['192.0.2.0/25'] }, network)).toBeNull();
});

it('takes IPv6 by its prefix', async () => {
  const network = findingOf({ entityKind: 'network', entity: '2001:db8:0:1::/64' });
  expect(await nameOf({ addresses: ['2001:db8::/63'] }, network)).toBe('migration');
  expect(await nameOf({ addresses: ['2001:db8:0:1::/65'] }, network)).toBeNull();
  const from = (at: number) => findingOf({ entity: hash, from: at, to: at });
  expect(await nameOf({ addresses: ['2001:db8:0:2::/64'] }, from(200))).toBe('migration');
  expect(await nameOf({ addresses: ['2001:db8:0:3::/64', '192.0.2.0/24'] }, from(200))).toBeNull();
  expect(await nameOf({ addresses: ['::/1', '0.0.0.0/1'] }, from(210))).toBeNull();
});

it('names the first that applies, and takes the name away again', async () => {
  const both = [
    quiet({ name: 'a', rules: ['X'] }),
    quiet({ name: 'b', rules: ['W-EXF-1'] }),
    quiet({ name: 'c', accounts: ['acct'] }),
  ];
  expect(await suppress(reader.connection, [finding], both)).toMatchObject([{ suppression: 'b' }]);
  expect(await suppress(reader.connection, [{ ...finding, suppression: 'old' }], [])).toMatchObject([
    { suppression: null },
  ]);
});

it('is refused by the configuration where it would suppress everything', () => {
  const text = 'detect:\n  suppressions: [{ name: all, reason: noise, until: 2027-01-01 }]\n';
  const load = (yaml: string) =>
    parseConfig({ file: { path: 'saswatch.yaml', text: yaml }, env: {}, flags: {}, cores: 1, readSecret: () => '' });
  expect(() => load(text)).toThrow(/a suppression of everything/);
  expect(load(text.replace('until', 'accounts: [a], until')).config.detect.suppressions).toHaveLength(1);
});

it('is refused where it names a rule or a tag that no rule has', async () => {
  const rules = await allDetections([]);
  const check = (part: Partial<Suppression>) =>
    checkSuppressions([{ name: 'backup', reason: 'known', until: '2027-01-01', ...part }], rules);
  check({ rules: ['W-EXF-1'], tags: ['attack.exfiltration'] });
  expect(() => check({ rules: ['P-01', 'W-EXF-99'] })).toThrow(/detect\.suppressions, "backup": .* W-EXF-99; /);
  expect(() => check({ tags: ['attack.exfiltraton'] })).toThrow(/attack\.exfiltraton/);
});
