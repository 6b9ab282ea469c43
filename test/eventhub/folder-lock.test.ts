import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockFolder } from '../../src/eventhub/folder-lock.ts';
import { temporaryFolder } from './fixture.ts';

it('lets one endpoint have a folder, and the next when it is given back', async () => {
  const folder = await temporaryFolder();
  const unlock = await lockFolder(folder);
  await expect(lockFolder(join(folder, 'x', '..'))).rejects.toMatchObject({ code: 'DATA_IN_USE' });
  await unlock();
  await (await lockFolder(folder))();
});

it('refuses a folder that another living process has', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'endpoint.lock'), `${process.ppid}\n`);
  await expect(lockFolder(folder)).rejects.toMatchObject({
    code: 'DATA_IN_USE',
    message: expect.stringContaining(`process ${process.ppid} `),
  });
});

it('takes over from a process that is gone', async () => {
  const folder = await temporaryFolder();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await writeFile(join(folder, 'endpoint.lock'), `${pid}\n`);
  const unlock = await lockFolder(folder);
  expect(await readFile(join(folder, 'endpoint.lock'), 'utf8')).toBe(`${process.pid}\n`);
  await unlock();
});
