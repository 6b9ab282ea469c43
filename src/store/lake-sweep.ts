import { readdir, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isSystemError } from '../core/errors.ts';

/** What the sweep at opening removed. */
export interface Swept {
  /** Files with a final name that no commit names. */
  readonly orphanFiles: number;
  /** Files that were never finished. */
  readonly temporaryFiles: number;
}

async function filesUnder(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}

/**
 * Removes what a process left behind that died between writing files and committing them, so that only committed rows
 * are in the lake. Only the holder of the data folder's lock may call this, before its lanes start.
 *
 * @param committed paths relative to the data folder, with `/`.
 */
export async function sweepLake(dataDir: string, committed: ReadonlySet<string>): Promise<Swept> {
  let orphanFiles = 0;
  let temporaryFiles = 0;
  for (const folder of ['lake', 'quarantine', 'manifest']) {
    for (const file of await filesUnder(join(dataDir, folder))) {
      const path = relative(dataDir, file).split(sep).join('/');
      const temporary = path.endsWith('.tmp');
      if (!temporary && (folder === 'manifest' || committed.has(path))) continue;
      await rm(file, { force: true });
      if (temporary) temporaryFiles += 1;
      else orphanFiles += 1;
    }
  }
  return { orphanFiles, temporaryFiles };
}
