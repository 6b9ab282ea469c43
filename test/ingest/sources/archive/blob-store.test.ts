import { afterAll, beforeAll, expect, it } from 'vitest';
import { BlobStore } from '../../../../src/ingest/sources/archive/blob-store.ts';
import { RequestGate } from '../../../../src/ingest/sources/archive/request-gate.ts';
import { UsageCounter } from '../../../../src/ingest/sources/archive/usage.ts';
import { Azurite, account, accountKey } from '../../../azurite/azurite.ts';

/** SASWATCH_ARCHIVE_FULL=1: ten thousand blobs in the pages Azure gives; else fewer in small ones. */
const full = process.env['SASWATCH_ARCHIVE_FULL'] === '1';
const [blobs, pageSize] = full ? [10_000, 5_000] : [45, 15];
const hour = 3_600_000;
const start = Date.UTC(2023, 5, 22, 12);

let azurite: Azurite;
beforeAll(async () => {
  azurite = await Azurite.start();
});
afterAll(() => azurite.stop());

const nameOf = (time: number) => {
  const [date = '', hours = ''] = new Date(time).toISOString().split(/[T:]/);
  const [year, month, day] = date.split('-');
  return `resourceId=/subscriptions/0/y=${year}/m=${month}/d=${day}/h=${hours}/m=00/PT1H.json`;
};

async function archive(name: string, names: readonly string[]) {
  const container = azurite.service.getContainerClient(name);
  await container.create();
  const put = (blob: string) => container.getBlockBlobClient(blob).upload('{}\n', 3);
  const waiting = names.values();
  const work = async () => {
    for (const blob of waiting) await put(blob);
  };
  await Promise.all(Array.from({ length: 8 }, work));
  let now = start;
  const usage = new UsageCounter();
  const store = new BlobStore({
    urls: [{ account, container: name, prefix: '' }],
    connection: { endpoint: azurite.endpoint, connectionString: null, sas: null, accountKey },
    gate: new RequestGate({ requestsPerSecond: null, triesMax: 3 }, usage),
    logged: null,
    tail: 'leave',
    pageSize,
    claims: null,
    signal: new AbortController().signal,
    clock: () => now,
  });
  return {
    put,
    names: async () => (await store.list()).map((blob) => blob.name),
    requests: () => usage.usage.list_requests,
    wait: (ms: number) => {
      now += ms;
    },
  };
}

it('lists every blob, oldest hour first, in pages', { timeout: 600_000 }, async () => {
  const names = Array.from({ length: blobs }, (_, index) => nameOf(start - index * hour)).reverse();
  const { names: listed, requests } = await archive('all', names);
  expect(await listed()).toEqual(names);
  expect(requests()).toBe(Math.ceil(blobs / pageSize));
});

it('looks into the folder of the day alone until an hour has passed', { timeout: 600_000 }, async () => {
  const names = Array.from({ length: blobs }, (_, index) => nameOf(start - index * hour)).reverse();
  const late = nameOf(start - 400 * 24 * hour);
  const { put, names: listed, requests, wait } = await archive('days', names);
  await listed();
  const before = requests();
  await put(nameOf(start + hour));
  await put(late);
  wait(15_000);
  expect(await listed()).toEqual([...names, nameOf(start + hour)]);
  expect(requests() - before).toBe(1);
  wait(hour);
  expect(await listed()).toEqual([late, ...names, nameOf(start + hour)]);
});

it('finds blobs without a layout at every look', async () => {
  const { put, names, wait } = await archive('exports', ['a.json']);
  expect(await names()).toEqual(['a.json']);
  await put('b.json');
  wait(15_000);
  expect((await names()).toSorted()).toEqual(['a.json', 'b.json']);
});
