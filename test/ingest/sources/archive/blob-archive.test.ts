import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Azurite, account, accountKey } from '../../../azurite/azurite.ts';
import { BadDay, type Fate } from '../../../azurite/bad-day.ts';
import { readArchive } from '../../../azurite/read-archive.ts';

const records = Array.from({ length: 120 }, (_, n) => JSON.stringify({ operationName: 'GetBlob', n }));
const classic = Array.from({ length: 20 }, (_, n) => `2.0;2023-06-22T09:00:00.000000${n % 10}Z;GetBlob;${n}`);
const hourBlob = (hour: number, day = 22) =>
  `resourceId=/subscriptions/0/resourcegroups/rg/providers/microsoft.storage/storageaccounts/acct/blobservices/default/y=2023/m=06/d=${day}/h=${String(hour).padStart(2, '0')}/m=00/PT1H.json`;
const text = (lines: readonly string[]) => `${lines.join('\n')}\n`;

let azurite: Azurite;
const key = () => ({ endpoint: azurite.endpoint, accountKey });

async function containerWith(name: string, blobs: Readonly<Record<string, string | Buffer>>) {
  const container = azurite.service.getContainerClient(name);
  await container.create();
  for (const [blob, content] of Object.entries(blobs)) {
    const bytes = Buffer.from(content);
    const client = container.getAppendBlobClient(blob);
    await client.create();
    if (bytes.length > 0) await client.appendBlock(bytes, bytes.length);
  }
  return container;
}

/** Reads a container through a bad day. */
async function through(container: string, fate: (message: IncomingMessage) => Fate | Promise<Fate>) {
  const day = await BadDay.start(azurite.url, fate);
  try {
    return await readArchive(container, { ...key(), endpoint: Azurite.endpoint(day.url) });
  } finally {
    await day.stop();
  }
}

const isDownload = ({ method, url }: IncomingMessage) => method === 'GET' && !url?.includes('comp=list');

beforeAll(async () => {
  azurite = await Azurite.start();
  await containerWith('plain', { [hourBlob(10)]: text(records.slice(0, 60)), [hourBlob(11)]: text(records.slice(60)) });
});
afterAll(() => azurite.stop());

describe('credentials', () => {
  const sasOf = (permissions: string) =>
    generateBlobSASQueryParameters(
      {
        containerName: 'plain',
        permissions: ContainerSASPermissions.parse(permissions),
        expiresOn: new Date(Date.now() + 3_600_000),
        version: '2025-05-05',
      },
      new StorageSharedKeyCredential(account, accountKey),
    ).toString();

  it('may be an account key, a connection string or a SAS', async () => {
    const { endpoint, connectionString } = azurite;
    for (const connection of [key(), { connectionString }, { endpoint, sas: sasOf('rl') }]) {
      expect((await readArchive('plain', connection)).lines.toSorted()).toEqual(records.toSorted());
    }
  });

  it('may be a user delegation SAS, over https', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'saswatch-tls-'));
    const tls = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    const certificate = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const subject = ['-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', [...certificate, ...subject, '-keyout', tls.key, '-out', tls.cert], { stdio: 'ignore' });
    const secure = await Azurite.start({ tls });
    try {
      const program = join(import.meta.dirname, '../../../azurite/user-delegation.ts');
      const read = execFileSync(process.execPath, ['--import', 'tsx', program, secure.url, text(records)], {
        env: { ...process.env, NODE_EXTRA_CA_CERTS: tls.cert },
        encoding: 'utf8',
      });
      expect(read.split('\n')).toEqual(records);
    } finally {
      await secure.stop();
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['a SAS that may not list', () => ({ sas: sasOf('r') }), 'SOURCE_AUTH', 'sp=rl'],
    ['a wrong key', () => ({ accountKey: 'bm8=' }), 'SOURCE_AUTH', 'Storage Blob Data Reader'],
    [
      'a connection string of another account',
      () => ({ connectionString: 'AccountName=other;AccountKey=bm8=' }),
      'CONFIG_INVALID',
      'for the account other',
    ],
    ['half a connection string', () => ({ connectionString: 'AccountKey=bm8=' }), 'CONFIG_INVALID', 'malformed'],
    ['no endpoint', () => ({ endpoint: 'blob', accountKey }), 'CONFIG_INVALID', 'malformed'],
    [
      'a host that is not there',
      () => ({ endpoint: 'http://{account}.blob.invalid', accountKey }),
      'SOURCE_UNAVAILABLE',
      'no account of this name',
    ],
  ])('say what is wrong with %s, without a secret', async (_, connection, code, reason) => {
    const fault = await readArchive('plain', { endpoint: azurite.endpoint, ...connection() }).catch((error) => error);
    expect(fault).toMatchObject({ code, message: expect.stringContaining(reason) });
    expect(fault.message).not.toMatch(/bm8=|sig=(?!XXXXX)/);
  });
});

describe('what lies in a container', () => {
  it('is read in every layout and version; what is no log is named', async () => {
    await containerWith('renamed-logs', {
      [`copy/${hourBlob(9).replaceAll('=', '%3D').toUpperCase()}`]: text(records.slice(0, 30)),
      'blob/2023/06/22/0900/000000.log': text(classic.slice(0, 10)),
      'table/2023/06/22/0900/000001.log': text(classic.slice(10).map((line) => line.replace('2.0', '1.0'))),
      'export.json.gz': gzipSync(text(records.slice(30, 60))),
      'empty.json': '',
      'notes.txt': 'minutes of a meeting',
      [hourBlob(9)]: `${text(records.slice(60))}{"operationName":"half`,
    });
    const { lines, faults } = await readArchive('renamed-logs', key());
    const older = classic.slice(10).map((line) => line.replace('2.0', '1.0'));
    const all = [...records, ...classic.slice(0, 10), ...older, '{"operationName":"half'];
    expect(lines.toSorted()).toEqual(all.toSorted());
    expect(faults).toEqual([expect.stringMatching(/notes\.txt#0: not a log/)]);
  });

  it('is listed by the time asked for, however much there is of other times', async () => {
    const days = Array.from({ length: 28 }, (_, day) => day + 1);
    await containerWith(
      'months',
      Object.fromEntries(
        days.map((day) => [
          hourBlob(10, day).replace(/d=(\d)\//, 'd=0$1/'),
          text([`{"operationName":"GetBlob","day":${day}}`]),
        ]),
      ),
    );
    const logged = { from: Date.UTC(2023, 5, 14, 10), to: Date.UTC(2023, 5, 14, 11) };
    const { lines, usage } = await readArchive('months', key(), { logged });
    expect(lines).toEqual(['{"operationName":"GetBlob","day":14}']);
    expect(usage.requests - usage.list_requests).toBe(1);
  });

  it('may be nothing, but the container has to be there', async () => {
    await containerWith('empty', {});
    expect((await readArchive('empty', key())).lines).toEqual([]);
    await expect(readArchive('nowhere', key())).rejects.toThrow('no such container');
  });
});

describe('a bad day of the service', () => {
  it('costs requests but no record: throttling and cut connections', async () => {
    let count = 0;
    const fates: readonly Fate[] = ['pass', 'busy', 'busy', 'cut', 'pass', 'cut', 'busy'];
    const { lines, usage } = await through('plain', () => fates[count++ % fates.length] ?? 'pass');
    expect(lines.toSorted()).toEqual(records.toSorted());
    expect(usage.requests).toBe(count);
    expect(count).toBeGreaterThan(4);
  });

  it('leaves no trace in large blobs, whose ranges are downloaded into the same buffers one after the other', async () => {
    const [half, lines] = ['x'.repeat(500), 5_000];
    const large = (blob: number) =>
      Array.from(
        { length: lines },
        (_, n) => `{"operationName":"GetBlob","blob":${blob},"n":${n},"more":"${half}${half}"}`,
      );
    const container = await containerWith('large', {});
    for (const blob of [0, 1, 2]) {
      const bytes = text(large(blob));
      await container.getBlockBlobClient(hourBlob(10 + blob)).upload(bytes, bytes.length);
    }
    let count = 0;
    const read = await through('large', (message) => (isDownload(message) && count++ % 4 === 1 ? 'cut' : 'pass'));
    expect(read.lines.toSorted()).toEqual([0, 1, 2].flatMap(large).toSorted());
    expect(read.faults).toEqual([]);
    expect(count).toBeGreaterThan(6);
  });

  it('ends a run that ends after ten tries of one request', async () => {
    let tries = 0;
    const read = through('plain', (message) => {
      if (isDownload(message)) tries += 1;
      return isDownload(message) ? 'busy' : 'pass';
    });
    await expect(read).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', retryable: true });
    expect(tries).toBeGreaterThanOrEqual(10);
  });

  it('reads on in a blob that is appended to between listing and reading', async () => {
    const container = await containerWith('growing', { [hourBlob(10)]: text(records.slice(0, 50)) });
    let appended = false;
    const { lines, faults } = await through('growing', async (message) => {
      if (isDownload(message) && !appended) {
        appended = true;
        const more = text(records.slice(50));
        await container.getAppendBlobClient(hourBlob(10)).appendBlock(more, more.length);
      }
      return 'pass' as const;
    });
    expect([lines, faults]).toEqual([records, []]);
  });

  it('reports a blob that vanished meanwhile, and reads the others', async () => {
    const container = await containerWith('vanishing', {
      [hourBlob(10)]: text(records.slice(0, 50)),
      [hourBlob(11)]: text(records.slice(50, 60)),
    });
    const { lines, faults, tokens } = await through('vanishing', async (message) => {
      if (isDownload(message)) await container.getAppendBlobClient(hourBlob(11)).deleteIfExists();
      return 'pass' as const;
    });
    expect(lines).toEqual(records.slice(0, 50));
    expect(faults).toEqual([expect.stringMatching(/h=11.*: the blob is gone/)]);
    expect([...tokens.values()].filter((token) => token?.includes('replaced'))).toHaveLength(1);
  });

  it('is spared by a rate: the first second at once, then evenly', async () => {
    const { lines, usage } = await readArchive('plain', key(), { requestsPerSecond: 2 });
    expect([lines.length, usage.requests]).toEqual([records.length, 3]);
  });
});
