import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FileStore } from '../../../src/ingest/sources/file-store.ts';
import { FilePlan } from '../../../src/ingest/sources/plan.ts';
import { temporaryFolder } from '../../store/temporary-folder.ts';

it('hands standard input out once: a lane that failed has taken bytes of it that nobody can read again', async () => {
  const plan = new FilePlan(
    { paths: ['-'], once: true, tail: 'take', stdinName: 'stdin', logged: null },
    () => undefined,
  );
  await plan.open();
  expect(await plan.nextWork(0, [])).toMatchObject([{ kind: 'file', path: '-', partition: 'stdin#0' }]);
  plan.recover(0);
  await expect(plan.nextWork(0, [])).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', retryable: false });
});

it('tells once of a file that is shorter than what was read of it, and reads nothing of it', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'PT1H.json');
  const record = `${JSON.stringify({ operationName: 'GetBlob' })}\n`;
  await writeFile(path, record.repeat(3));
  const told: string[] = [];
  const committed = (source: string, partition: string) => ({
    ...{ source, partition, offset: BigInt(record.length * 2) },
  });
  const open = async () => {
    const onTrouble = (text: string) => told.push(text);
    const plan = new FilePlan(
      { paths: [folder], once: true, tail: 'leave', stdinName: '', logged: null, onTrouble },
      committed,
    );
    await plan.open();
    return plan.nextWork(0, []);
  };
  expect(await open()).toMatchObject([{ from: record.length * 2 }]);
  await truncate(path, record.length);
  expect(told).toEqual([]);
  expect(await open()).toEqual([]);
  expect(told).toEqual([expect.stringContaining(`${path} is shorter than what was read of it`)]);
});

it('goes on where a file comes whose name holds a signature, and tells of it once; does not begin with one', async () => {
  const folder = await temporaryFolder();
  const told: string[] = [];
  const onTrouble = (text: string) => told.push(text);
  const options = { paths: [folder], tail: 'leave', stdinName: '', logged: null, onTrouble } as const;
  const store = new FileStore(options);
  expect(await store.list()).toEqual([]);
  const record = JSON.stringify({ time: '2026-01-01T00:00:00Z', operationName: 'GetBlob', category: 'StorageRead' });
  await writeFile(join(folder, 'PT1H.json?sv=2021-06-08&sig=awHDRNvlgnvsPnEfneux4M9L%2B'), `${record}\n`);
  await writeFile(join(folder, 'PT1H.json'), `${record}\n`);
  for (let look = 0; look < 2; look++) expect(await store.list()).toMatchObject([{ path: join(folder, 'PT1H.json') }]);
  expect(told).toEqual([expect.stringMatching(/sig=XXXXX is not read: its name holds a signature/)]);
  await expect(new FileStore(options).list()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', message: told[0] });
});
