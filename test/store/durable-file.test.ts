import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolder } from '../../src/store/durable-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'saswatch-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('makes a folder with its missing parents, by several at once, and again', async () => {
  const path = join(folder, 'a', 'b', 'c');
  await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(folder, 'a', 'b', 'd'))]);
  await makeFolder(path);
  expect(existsSync(path)).toBe(true);
});

it('fails where a parent is a file', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await expect(makeFolder(join(file, 'below'))).rejects.toThrow(/EEXIST|ENOTDIR/);
});

it.runIf(process.platform === 'linux')('fails, and does not try for ever, where a parent takes no names', async () => {
  await expect(makeFolder('/proc/none/below')).rejects.toThrow('ENOENT');
});
