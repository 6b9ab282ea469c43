import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LogFinder } from '../../../src/ingest/sources/log-files.ts';
import { temporaryFolder } from '../../store/temporary-folder.ts';

const log = `${JSON.stringify({ time: '2026-01-01T00:00:00Z', operationName: 'GetBlob', category: 'StorageRead' })}\n`;
const noLog = '#'.repeat(log.length);

/** Writes files of one time, which tells nobody that their content has changed. */
async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await utimes(path, 1_767_225_600, 1_767_225_600);
}

async function found(finder: LogFinder, folder: string): Promise<string[]> {
  return (await finder.find([folder])).files.map(({ path }) => path);
}

it('remembers what a file is for as long as it is there, and no longer', async () => {
  const folder = await temporaryFolder();
  const [kept, replaced] = [join(folder, 'a.json'), join(folder, 'b.json')];
  const finder = new LogFinder();
  await write(kept, log);
  await write(replaced, log);
  expect(await found(finder, folder)).toEqual([kept, replaced]);

  await write(kept, noLog);
  await rm(replaced);
  expect(await found(finder, folder)).toEqual([kept]);

  await write(replaced, noLog);
  expect(await found(finder, folder)).toEqual([kept]);
  await rm(kept);
  await write(replaced, log);
  expect(await found(finder, folder)).toEqual([]);
  expect(await found(new LogFinder(), folder)).toEqual([replaced]);
});

it('refuses a file whose name holds a signature, and does not say it', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'PT1H.json?sv=2021-06-08&sig=awHDRNvlgnvsPnEfneux4M9L%2B');
  await write(path, log);
  for (const paths of [[folder], [path]]) {
    const { files, refused } = await new LogFinder().find(paths);
    expect(files).toEqual([]);
    expect(refused).toEqual([expect.stringContaining('PT1H.json?sv=2021-06-08&sig=XXXXX is not read')]);
  }
  const hive = join(folder, 'code=US');
  await mkdir(hive);
  await write(join(hive, 'a.json'), log);
  expect(await found(new LogFinder(), hive)).toEqual([join(hive, 'a.json')]);
});
