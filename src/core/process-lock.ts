import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { isSystemError } from './errors.ts';

const holderSchema = z.object({
  pid: z.int(),
  /** Field 22 of /proc/<pid>/stat, which tells a process from a later one with the same pid; null off Linux. */
  started: z.string().nullable(),
  host: z.string(),
});

type Holder = z.infer<typeof holderSchema>;

/** Whoever a file names that says nothing: a lock appears with its content, so no living process wrote it. */
const unreadable: Holder = { pid: 0, started: null, host: '' };

/** Until another process has taken a dead one's lock over, which takes it a few file operations. */
const takeoverMs = 5;

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
    if (holder === 'nobody') continue;
    if (isAlive(holder)) throw refusal(holder.pid);
    takenFrom = holder.pid;
    await removeDead(path);
  }
}

/**
 * One process at a time looks once more whether the holder is dead, and only then removes the file: one that looked earlier
 * would take away the lock of another that was quicker.
 */
async function removeDead(path: string): Promise<void> {
  const right = `${path}.takeover`;
  try {
    await claim(right, () => new TakeoverInHand());
  } catch (error) {
    if (!(error instanceof TakeoverInHand)) throw error;
    return setTimeout(takeoverMs);
  }
  try {
    const holder = await readHolder(path);
    if (holder !== 'nobody' && !isAlive(holder)) await rm(path);
  } finally {
    await rm(right);
  }
}

class TakeoverInHand extends Error {}

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

async function readHolder(path: string): Promise<Holder | 'nobody'> {
  try {
    const parsed = holderSchema.safeParse(jsonOf(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : unreadable;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return 'nobody';
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
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
