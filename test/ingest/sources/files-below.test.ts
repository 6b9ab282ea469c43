import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { filesBelow } from '../../../src/ingest/sources/files-below.ts';
import { temporaryFolder } from '../../store/temporary-folder.ts';

/** Node's own listing. */
async function listed(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const name = fc.constantFrom('a', 'a.json', 'a b', 'y=2023', '.hidden', 'ü', 'PT1H.json');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

it('finds the files of any tree that Node lists', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(path, { maxLength: 12 }), async (paths) => {
      const folder = await temporaryFolder();
      for (const each of paths) {
        const file = join(folder, each);
        // A name may be a folder's already, or one above it a file's.
        await mkdir(dirname(file), { recursive: true }).catch(() => {});
        await writeFile(file, '').catch(() => {});
      }
      expect(filesBelow(folder)).toEqual(await listed(folder));
    }),
    { numRuns: 40 },
  );
});

it('follows no links, and takes a folder with a slash behind it', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'logs'));
  await writeFile(join(folder, 'logs', 'a.json'), '');
  await symlink(folder, join(folder, 'logs', 'above'));
  await symlink(join(folder, 'logs', 'a.json'), join(folder, 'logs', 'b.json'));
  expect(filesBelow(`${folder}/`)).toEqual([join(folder, 'logs', 'a.json')]);
});
