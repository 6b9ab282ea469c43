import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { isSystemError } from './errors.ts';

const holderSchema = z.object({
  pid: z.int(),
  /** Field 22 of /proc/<pid>/stat, which tells a process from a later one with the same pid; null off Linux. */
  started: z.string().nullable(),
  host: z.string(),
});

type Holder = z.infer<typeof holderSchema>;

const heldHere = new Set<string>();

/**
 * A file that says which process may use something, with its pid and start time: the lock of a process that is gone is
 * taken over. Within a process only one holder is let in.
 */
export class ProcessLock {
  /** Pid of the dead process whose lock was taken over; null if there was none. */
  readonly takenFrom: number | null;
  readonly #path: string;

  private constructor(path: string, takenFrom: number | null) {
    this.#path = path;
    this.takenFrom = takenFrom;
  }

  /**
   * @param path of the lock file, in a folder that exists.
   * @param refusal the error to throw when `holder`, a pid that lives, has the lock.
   */
  static async acquire(path: string, refusal: (holder: number) => Error): Promise<ProcessLock> {
    // Two names of one folder are one lock.
    const real = join(await realpath(dirname(path)), basename(path));
    if (heldHere.has(real)) throw refusal(process.pid);
    heldHere.add(real);
    try {
      return new ProcessLock(real, await claim(real, refusal));
    } catch (error) {
      heldHere.delete(real);
      throw error;
    }
  }

  async release(): Promise<void> {
    await rm(this.#path, { force: true });
    heldHere.delete(this.#path);
  }
}

async function claim(path: string, refusal: (holder: number) => Error): Promise<number | null> {
  const own: Holder = { pid: process.pid, started: processStart(process.pid), host: hostname() };
  let takenFrom: number | null = null;
  for (;;) {
    if (await create(path, own)) return takenFrom;
    const holder = await readHolder(path);
    if (holder !== null && isAlive(holder)) throw refusal(holder.pid);
    takenFrom = holder?.pid ?? 0;
    // Only one of several that saw the dead holder wins the rename; the others find nothing and try again.
    const aside = `${path}.${randomUUID()}.tmp`;
    try {
      await rename(path, aside);
      await rm(aside, { force: true });
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw error;
    }
  }
}

/** True if the lock file now exists because of this call; it appears with its content, never empty. */
async function create(path: string, holder: Holder): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeFile(temporary, JSON.stringify(holder));
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function isAlive({ pid, started, host }: Holder): boolean {
  // Another host's processes cannot be seen from here.
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (isSystemError(error, 'ESRCH')) return false;
  }
  return started === null || processStart(pid) === started;
}
