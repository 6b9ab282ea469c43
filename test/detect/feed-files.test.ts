import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, it } from 'vitest';
import { readFeeds, showFeeds } from '../../src/detect/feed-files.ts';
import { entityMacros, entityViews } from '../../src/store/entity-views.ts';

const folder = mkdtempSync(join(tmpdir(), 'saswatch-feeds-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

it('reads addresses and ranges with label, country and AS number, without comments and head', async () => {
  const path = file(
    'hosting.csv',
    'network,label,country,asn\n# a comment\n192.0.2.0/24,host,NL,64500\n2001:db8::/32 # six\n\n203.0.113.7\n',
  );
  const none = { list: 'hosting', label: null, country: null, asn: null, validFrom: null, validUntil: null };
  expect(await readFeeds([{ list: 'hosting', path }])).toEqual([
    { ...none, network: '192.0.2.0/24', label: 'host', country: 'NL', asn: 64_500 },
    { ...none, network: '2001:db8::/32' },
    { ...none, network: '203.0.113.7' },
  ]);
});

it('takes each file of a folder as true until the next', async () => {
  file('tor/exits-2026-02-01.txt', '198.51.100.1\n');
  file('tor/exits-2026-01-01.txt', '203.0.113.7\n');
  file('tor/readme.txt', 'not a list');
  expect(await readFeeds([{ list: 'tor', path: join(folder, 'tor') }])).toMatchObject([
    { network: '203.0.113.7', validFrom: '2026-01-01', validUntil: '2026-02-01' },
    { network: '198.51.100.1', validFrom: '2026-02-01', validUntil: null },
  ]);
});

it('refuses what is no list, and says where', async () => {
  const read = (path: string) => readFeeds([{ list: 'geo', path }]);
  await expect(read(file('bad.txt', '192.0.2.1\nexample.org\n'))).rejects.toThrow(
    /bad\.txt:2 does not begin with an address/,
  );
  await expect(read(file('bits.txt', '2001:db8::/129\n'))).rejects.toThrow(
    /bits\.txt:1 does not begin with an address/,
  );
  await expect(read(file('asn.txt', '192.0.2.1,x,NL,AS1\n'))).rejects.toThrow(/asn\.txt:1 has "AS1"/);
  await expect(read(join(folder, 'none'))).rejects.toThrow(/none cannot be read/);
  file('empty/list.txt', '');
  await expect(read(join(folder, 'empty'))).rejects.toThrow(/no file with a date/);
});

it('shows the rows to rules with the range in numbers', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const macro of entityMacros) await connection.run(macro);
  await connection.run(`CREATE VIEW feed AS ${entityViews.feed}`);
  const path = file('geo-2026-01-01.csv', "192.0.2.0/25,it's,NL,64500\n2001:db8::/32\n");
  await showFeeds(connection, await readFeeds([{ list: 'geo', path }]));
  const sql = `SELECT list, label, address_first::VARCHAR, (address_last - address_first)::VARCHAR, asn::VARCHAR,
    valid_from::VARCHAR FROM feed`;
  expect((await connection.runAndReadAll(sql)).getRows()).toEqual([
    ['geo', "it's", String(0xffffc0000200n), '127', '64500', '2026-01-01 00:00:00'],
    ['geo', null, String(0x20010db8n << 96n), String((1n << 96n) - 1n), null, '2026-01-01 00:00:00'],
  ]);
  connection.closeSync();
  instance.closeSync();
});
