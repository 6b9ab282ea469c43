import { expect, it } from 'vitest';
import type { PositionRange } from '../../src/core/position.ts';
import type { SasSet } from '../../src/core/sas.ts';
import { Catalog } from '../../src/store/catalog.ts';
import { LaneStore } from '../../src/store/lane-store.ts';
import { openReader } from '../../src/store/reader.ts';
import { sasTable } from '../../src/store/sas-table.ts';
import { batchOf, type Row } from './batch-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

const hash = '4FA34A6085B7231B810346E7EDC21B9B';
const token = 0x4fa34a6085b7231bn;
const start = 1_767_225_600_000_000n;
const hour = 3_600_000_000n;

const sas: SasSet = {
  sasId: 17_000_000_000_000_000_001n,
  kind: 'account',
  parameters: { sv: '2021-06-08', ss: 'bfqt', srt: 'sco', sp: 'rwdlacuptfx', se: '2051-10-06T15:25:53Z', spr: 'https' },
  stTime: null,
  seTime: 2_580_218_753_000_000n,
  sktTime: null,
  skeTime: null,
};

async function filled(rows: readonly Row[], sets: readonly SasSet[] = []): Promise<string> {
  const dataDir = await temporaryFolder();
  const catalog = await Catalog.open(dataDir);
  const lane = await LaneStore.open(dataDir);
  const ranges: PositionRange[] = [{ source: 'file', partition: '/logs/PT1H.json', from: 0n, to: 1000n }];
  const staged = [await lane.stage(batchOf(rows), sasTable(sets))];
  await catalog.commit({ ...(await lane.finish(staged, ranges, [])), ranges });
  await lane.close();
  await catalog.close();
  return dataDir;
}

async function query(dataDir: string, sql: string) {
  const { connection, close } = await openReader(dataDir);
  const reader = await connection.runAndReadAll(sql);
  const rows = reader.getRowObjectsJson();
  close();
  return rows;
}

const tokenRow: Row = { token, token_hash: hash, token_fingerprint: 255n, sas_id: sas.sasId, key_name: 'key1' };

it('shows every view empty but typed before anything is committed', async () => {
  const dataDir = await temporaryFolder();
  const names = ['storage_log', 'rollup', 'sas', 'tokens', 'findings', 'coverage', 'source', 'StorageBlobLogs'];
  for (const name of names) expect(await query(dataDir, `SELECT * FROM ${name}`)).toEqual([]);
  const types = await query(
    dataDir,
    `SELECT typeof(max(time)) AS t, typeof(any_value(token_hash)) AS h FROM storage_log`,
  );
  expect(types).toEqual([{ t: 'TIMESTAMP', h: 'UUID' }]);
});

it('makes addresses, uris and request ids whole again', async () => {
  const dataDir = await filled([
    {
      time: start,
      caller_ipv4: 0xc0000201,
      caller_port: 443,
      object_key: '/models/data/ä b.bin',
      uri_base: 'https://models.blob.core.windows.net:443',
      uri_query: 'sv=2021-06-08&sig=XXXXX',
      client_request_uuid: '0b0e4a5d9c580a3f0d8f3f110d8f3f11',
    },
    {
      time: start + 1n,
      caller_ip: '2001:db8::1',
      caller_port: 5000,
      uri: 'x',
      object_key: '/',
      client_request_id: 'mine',
    },
    {
      time: start + 2n,
      caller_ip: '<Redacted>',
      uri_base: 'https://models.blob.core.windows.net',
      object_key: '/models',
    },
  ]);
  const rows = await query(
    dataDir,
    'SELECT caller_ip, caller_address, uri, client_request_id FROM storage_log ORDER BY time',
  );
  expect(rows).toEqual([
    {
      caller_ip: '192.0.2.1',
      caller_address: '192.0.2.1:443',
      uri: 'https://models.blob.core.windows.net:443/data/ä b.bin?sv=2021-06-08&sig=XXXXX',
      client_request_id: '0b0e4a5d-9c58-0a3f-0d8f-3f110d8f3f11',
    },
    { caller_ip: '2001:db8::1', caller_address: '[2001:db8::1]:5000', uri: 'x', client_request_id: 'mine' },
    {
      caller_ip: '<Redacted>',
      caller_address: '<Redacted>',
      uri: 'https://models.blob.core.windows.net',
      client_request_id: null,
    },
  ]);
});

it('joins the SAS parameters to log rows and tokens', async () => {
  const dataDir = await filled([{ ...tokenRow, status_code: 200, response_body_bytes: 5n, ip_class: 'public' }], [sas]);
  expect(await query(dataDir, 'SELECT token_id, sas_kind, sas_sp, sas_se, sas_se_time FROM storage_log')).toEqual([
    {
      token_id: hash,
      sas_kind: 'account',
      sas_sp: 'rwdlacuptfx',
      sas_se: '2051-10-06T15:25:53Z',
      sas_se_time: '2051-10-06 15:25:53',
    },
  ]);
  expect(await query(dataDir, 'SELECT * FROM tokens')).toMatchObject([
    {
      token_id: hash,
      accounts: ['models'],
      sas_srt: 'sco',
      expires: '2051-10-06 15:25:53',
      requests: '1',
      reads: '1',
      ok: '1',
      public_n: '1',
      bytes_out: '5',
    },
  ]);
});

it('counts addresses, networks, objects and containers of a token over several buckets', async () => {
  const rows: Row[] = Array.from({ length: 300 }, (_, index) => ({
    ...tokenRow,
    time: start + BigInt(index) * 10_000_000n,
    status_code: index % 3 === 0 ? 404 : 200,
    caller_ipv4: 0xc6336400 + (index % 10),
    container: `c${index % 4}`,
    object_key: `/models/c${index % 4}/blob-${index % 100}`,
  }));
  const [found] = await query(await filled(rows), 'SELECT * FROM tokens');
  expect(found).toMatchObject({ requests: '300', ok: '200', errors: '100', distinct_ips: 10, distinct_networks: 1 });
  expect(found).toMatchObject({ first_seen: '2026-01-01 00:00:00', last_seen: '2026-01-01 00:49:50' });
  expect(Number(found?.['distinct_objects'])).toBeGreaterThan(94);
  expect(Number(found?.['distinct_objects'])).toBeLessThan(106);
  expect(Number(found?.['distinct_containers'])).toBeLessThanOrEqual(4);
});

it('names a token by its fingerprint where the log has no hash', async () => {
  const dataDir = await filled([{ token_fingerprint: 255n }, { auth_type: 'account_key' }]);
  expect(await query(dataDir, 'SELECT token_id FROM tokens')).toEqual([{ token_id: '00000000000000FF' }]);
  expect(await query(dataDir, 'SELECT count(*)::INTEGER AS n FROM rollup')).toEqual([{ n: 2 }]);
});

it('lists the hours without records between the first and the last of an account', async () => {
  const dataDir = await filled([
    { time: start },
    { time: start + 1n },
    { time: start + 3n * hour, category: 'StorageDelete' },
  ]);
  const rows = await query(
    dataDir,
    `SELECT category, hour(hour)::INTEGER AS h, rows::INTEGER AS rows, has_records FROM coverage ORDER BY category, h`,
  );
  const none = { rows: 0, has_records: false };
  expect(rows).toEqual([
    { category: 'StorageDelete', h: 0, ...none },
    { category: 'StorageDelete', h: 1, ...none },
    { category: 'StorageDelete', h: 2, ...none },
    { category: 'StorageDelete', h: 3, rows: 1, has_records: true },
    { category: 'StorageRead', h: 0, rows: 2, has_records: true },
    { category: 'StorageRead', h: 1, ...none },
    { category: 'StorageRead', h: 2, ...none },
    { category: 'StorageRead', h: 3, ...none },
  ]);
});

it('offers the log under the names of Azure Monitor', async () => {
  const dataDir = await filled([
    {
      ...tokenRow,
      key_hash: 'aa'.repeat(16),
      status_code: null,
      etag: 0x8d9aabbn,
      request_md5: '00ff'.repeat(8),
      extra: '{"properties.sourceUri":"https://x"}',
    },
    { service: 'queue', status_code: 200, key_name: 'key2', key_hash: 'bb'.repeat(16) },
  ]);
  expect(await query(dataDir, 'SELECT * FROM StorageBlobLogs')).toMatchObject([
    {
      StatusCode: 'Unknown',
      AuthenticationHash: `key1(${'A'.repeat(32)}),SasSignature(${hash})`,
      Etag: '"0x8D9AABB"',
      RequestMd5: 'AP8A/wD/AP8A/wD/AP8A/w==',
      SourceUri: 'https://x',
      Type: 'StorageBlobLogs',
    },
  ]);
  expect(await query(dataDir, 'SELECT StatusCode, AuthenticationHash FROM StorageQueueLogs')).toEqual([
    { StatusCode: '200', AuthenticationHash: `key2(${'B'.repeat(32)})` },
  ]);
});

it('tells where the rows came from', async () => {
  const dataDir = await filled([{}]);
  expect(await query(dataDir, 'SELECT source, partition, "offset" FROM source')).toEqual([
    { source: 'file', partition: '/logs/PT1H.json', offset: '1000' },
  ]);
});
