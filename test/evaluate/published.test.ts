import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import type { TestRow } from '../../src/detect/detection.ts';
import type { ParameterValues } from '../../src/detect/parameter.ts';
import { createTestViews, fillTestLog, readBenignRow } from '../../src/detect/test-log.ts';
import type { Alarm } from '../../src/evaluate/alarm.ts';
import { publishedRules, runPublished } from '../../src/evaluate/published.ts';
import { at } from './incident.ts';

const rules = await publishedRules();
const benign = await readBenignRow();
const range = { since: at('2026-01-01T00:00Z'), until: at('2026-03-01T00:00Z') };

async function alarms(name: string, rows: readonly TestRow[], values: ParameterValues = {}): Promise<Alarm[]> {
  const rule = rules.find((each) => each.name === name);
  if (rule === undefined) throw new Error(`no published rule ${name}`);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await createTestViews(connection);
    await fillTestLog(connection, { rows, feeds: [] }, benign);
    return await runPublished(connection, rule, range, values);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const day = (n: number, time = '10:00:00'): string => `2026-01-${String(n).padStart(2, '0')} ${time}`;
const read = (repeat: number, more: Readonly<Record<string, string | number | null>> = {}): TestRow => ({
  time: day(10),
  caller_ip: '198.51.100.7',
  object_key: '/acct/c/o{i}',
  response_body_bytes: 1_000,
  repeat,
  every: '1 second',
  ...more,
});
const remove = (repeat: number, more: Readonly<Record<string, string | number | null>> = {}): TestRow =>
  read(repeat, {
    operation_name: 'DeleteBlob',
    operation_class: 'delete',
    category: 'StorageDelete',
    status_code: 202,
    ...more,
  });
const write = (repeat: number, more: Readonly<Record<string, string | number | null>> = {}): TestRow =>
  read(repeat, {
    operation_name: 'PutBlob',
    operation_class: 'write',
    category: 'StorageWrite',
    status_code: 201,
    ...more,
  });
const list = (repeat: number, more: Readonly<Record<string, string | number | null>> = {}): TestRow =>
  read(repeat, { operation_name: 'ListBlobs', operation_class: 'list', ...more });
const azcopy = { user_agent: 'AzCopy/10.13.0' };

describe.each<[name: string, fires: TestRow[], silent: TestRow[]]>([
  ['Panther bulk deletion', [remove(15)], [remove(14)]],
  ['Panther bulk extraction', [read(50)], [read(49)]],
  [
    'Panther SAS external access',
    [read(1)],
    [
      read(1, { status_code: 206 }),
      read(1, { caller_ip: '10.0.0.4', ip_class: 'private' }),
      read(1, { auth_type: 'oauth', token_hash: null, token_fingerprint: null }),
    ],
  ],
  [
    'Sentinel mass deletion',
    [remove(3)],
    [remove(2), remove(9, { object_key: '/acct/c/one', caller_ip: '198.51.100.8' })],
  ],
  [
    'Sentinel bulk download',
    [read(100)],
    [read(99), read(200, { caller_ip: '198.51.100.8', user_agent: 'Veeam-Backup/11' })],
  ],
  [
    'Sentinel first-seen external IP',
    [read(10, { time: day(9), caller_ip: '192.0.2.1' }), read(10)],
    [read(10, { time: day(9) }), read(10), read(9, { caller_ip: '198.51.100.9' })],
  ],
  [
    'Elastic AzCopy download with SAS',
    [read(1, azcopy)],
    [read(1, { ...azcopy, status_code: 206 }), read(1, { user_agent: 'curl/8' })],
  ],
  [
    'Hunting deletes per address',
    [remove(26), remove(25, { time: day(12) })],
    [remove(26), remove(25, { time: day(20) })],
  ],
  [
    'Hunting writes per address',
    [write(201)],
    [write(200), write(300, { object_key: '/acct/c/one', caller_ip: '198.51.100.8' })],
  ],
  ['Hunting enumeration', [list(26), list(25, { time: day(20) })], [list(50)]],
])('%s', (name, fires, silent) => {
  it('fires once a caller and day', async () => {
    const found = await alarms(name, fires);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ rule: name, account: 'acct', caller: '198.51.100.7', token: null });
    expect(found[0]!.firstSeen <= found[0]!.lastSeen && found[0]!.firstSeen <= found[0]!.alertAt!).toBe(true);
  });

  it('is silent below its threshold and for what it leaves out', async () => {
    expect(await alarms(name, silent)).toEqual([]);
  });
});

it('takes thresholds other than the published ones', async () => {
  expect(await alarms('Sentinel mass deletion', [remove(2)], { threshold: 2 })).toHaveLength(1);
});

it('raises what writes or deletes with a SAS from outside', async () => {
  const levels = async (row: TestRow): Promise<string[]> =>
    (await alarms('Panther SAS external access', [row])).map(({ level }) => level);
  expect(await levels(read(1, { sas_sp: 'r' }))).toEqual(['low']);
  expect(await levels(read(1, { sas_sp: 'rwd' }))).toEqual(['high']);
  expect(await levels(remove(1, { sas_sp: 'r' }))).toEqual(['high']);
});

it('says of each rule what it does and where it comes from', () => {
  expect(rules).toHaveLength(10);
  for (const { about, source } of rules) expect(about.length > 40 && source.length > 10).toBe(true);
});
