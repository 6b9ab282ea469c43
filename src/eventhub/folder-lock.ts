import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError, isSystemError } from '../core/errors.ts';

const heldHere = new Set<string>();

/**
 * Makes this endpoint the only one on `folder`: two writers would overwrite each other's events. The lock of a
 * process that was killed is taken over.
 *
 * @returns the way to give the lock back.
 * @throws AppError DATA_IN_USE if an endpoint that lives has the folder.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(resolve(folder), 'endpoint.lock');
  const holder = heldHere.has(path) ? process.pid : await livingHolder(path);
  if (holder !== undefined) {
    throw new AppError(
      'DATA_IN_USE',
      `process ${holder} serves the Event Hubs logs in ${folder}: stop it, use another folder, or remove ${path} if it is no endpoint`,
    );
  }
  heldHere.add(path);
  await writeFile(path, `${process.pid}\n`);
  return async () => {
    await rm(path, { force: true });
    heldHere.delete(path);
  };
}

async function livingHolder(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return '';
    throw error;
  });
  const pid = Number.parseInt(text, 10);
  // In a container every process may have the number of the one before it.
  return pid > 0 && pid !== process.pid && isAlive(pid) ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isSystemError(error, 'EPERM');
  }
}
