import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instanceId } from '../../../../src/cli/instance-id.ts';
import { Azurite, accountKey } from '../../../azurite/azurite.ts';
import { readArchive } from '../../../azurite/read-archive.ts';

const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
const accounts = ['one', 'two'];
const nameOf = (log: string, hour: string) =>
  `resourceId=/subscriptions/0/resourcegroups/rg/providers/microsoft.storage/storageaccounts/${log}/blobservices/default/y=2023/m=06/d=22/h=${hour}/m=00/PT1H.json`;
const record = (log: string, hour: string) => JSON.stringify({ operationName: 'GetBlob', log, hour });
const all = accounts.flatMap((log) => hours.map((hour) => record(log, hour))).toSorted();

let azurite: Azurite;
beforeAll(async () => {
  azurite = await Azurite.start();
  const container = azurite.service.getContainerClient('shared');
  await container.create();
  for (const log of accounts) {
    for (const hour of hours) {
      const text = `${record(log, hour)}\n`;
      await container.getBlockBlobClient(nameOf(log, hour)).upload(text, text.length);
    }
  }
});
afterAll(() => azurite.stop());

const read = (claims: string, instance: string) =>
  readArchive('shared', { endpoint: azurite.endpoint, accountKey }, { claims: { container: claims, instance } });

describe('instances that share an archive', () => {
  it('read each hour once between them, whoever is faster', async () => {
    await azurite.service.getContainerClient('claims').create();
    const instances = [randomUUID(), randomUUID(), randomUUID()];
    const parts = await Promise.all(instances.map((instance) => read('claims', instance)));
    expect(parts.flatMap(({ lines }) => lines).toSorted()).toEqual(all);
    expect(parts.filter(({ lines }) => lines.length > 0).length).toBeGreaterThan(1);
    const [first = '', second = ''] = instances;
    expect((await read('claims', first)).lines.toSorted()).toEqual(parts[0]?.lines.toSorted());
    expect((await read('claims', second)).lines.toSorted()).toEqual(parts[1]?.lines.toSorted());
  });

  it('leave the hours of one that is lost alone until its leases are broken', async () => {
    const claims = azurite.service.getContainerClient('handed');
    await claims.create();
    const [lost, heir] = [randomUUID(), randomUUID()];
    expect((await read('handed', lost)).lines).toHaveLength(all.length);
    expect((await read('handed', heir)).lines).toEqual([]);
    const hour = 'one/2023-06-22T10';
    await claims.getBlobClient(hour).getBlobLeaseClient().breakLease(0);
    expect((await read('handed', heir)).lines).toEqual([record('one', '10')]);
  });

  it('say which claim they may not make', async () => {
    await expect(read('nowhere', randomUUID())).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('the claim nowhere/'),
    });
  });

  it('keep their name as long as their data folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'saswatch-instance-'));
    const id = await instanceId(folder);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await instanceId(folder)).toBe(id);
    await rm(folder, { recursive: true });
  });
});
