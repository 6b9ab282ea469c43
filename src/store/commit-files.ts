import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { type CommitFiles, filesOf } from './commit.ts';

/** Every file of a commit, relative to the data folder. */
export function pathsOf({ segments, quarantinePath }: CommitFiles): string[] {
  return [...segments.flatMap(filesOf), ...(quarantinePath === null ? [] : [quarantinePath])];
}

/**
 * A row of the catalog that names a missing file would break every reader.
 *
 * @throws AppError SINK_WRITE, retryable, with the first path that is no file.
 */
export async function requireFiles(dataDir: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await access(join(dataDir, path)).catch((cause: unknown) => {
      throw new AppError(
        'SINK_WRITE',
        `Could not commit ${path}: the file is not in ${dataDir}. Read its rows from the source again.`,
        { cause, retryable: true },
      );
    });
  }
}

/** Removes the files of a batch that was not committed, except those that an earlier commit of the same rows named. */
export async function discardFiles(
  dataDir: string,
  files: CommitFiles,
  committedPaths: Iterable<string>,
): Promise<void> {
  const committed = new Set(committedPaths);
  for (const path of pathsOf(files)) if (!committed.has(path)) await rm(join(dataDir, path), { force: true });
}
