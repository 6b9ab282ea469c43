import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
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
