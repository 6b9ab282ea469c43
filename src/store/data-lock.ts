import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, isSystemError } from '../core/errors.ts';

const holderSchema = z.object({
  pid: z.int(),
  /** Field 22 of /proc/<pid>/stat, which tells a process from a later one with the same pid; null off Linux. */
  started: z.string().nullable(),
  host: z.string(),
});

type Holder = z.infer<typeof holderSchema>;

const heldHere = new Set<string>();

function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function isAlive({ pid, started, host }: Holder): boolean {
  // Another host's processes cannot be seen from here; DuckDB's own lock on the file still keeps two of them apart.
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (isSystemError(error, 'ESRCH')) return false;
  }
  return started === null || processStart(pid) === started;
}

/** The fault of a second opener: says who holds the folder and what works meanwhile. */
export function dataInUse(dataDir: string, holder: string, cause?: unknown): AppError {
  return new AppError(
    'DATA_IN_USE',
    `Could not open the data folder ${dataDir} for writing: ${holder} has it open. ` +
      'Stop that process, or give this one another folder with --data; `saswatch query` works beside it.',
    { cause, dataDir },
  );
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
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

/**
 * The right of one thread of one process to open `catalog.duckdb`.
 *
 * DuckDB does not notice a second opener within a process and then loses committed rows, and its lock between processes
 * gives no name; so the holder's pid and start time stand in `catalog.lock`, and a lock whose holder is gone is taken.
 */
export class DataLock {
  /** Pid of the dead process whose lock was taken over; null if there was none. */
  readonly takenFrom: number | null;
  readonly #folder: string;
  readonly #path: string;

  private constructor(folder: string, takenFrom: number | null) {
    this.#folder = folder;
    this.#path = join(folder, 'catalog.lock');
    this.takenFrom = takenFrom;
  }

  /** @throws AppError DATA_IN_USE that names pid and folder. */
  static async acquire(dataDir: string): Promise<DataLock> {
    const folder = await realpath(dataDir);
    const path = join(folder, 'catalog.lock');
    if (heldHere.has(folder)) throw dataInUse(dataDir, `this process (pid ${process.pid})`);
    heldHere.add(folder);
    try {
      return new DataLock(folder, await claim(dataDir, path));
    } catch (error) {
      heldHere.delete(folder);
      throw error;
    }
  }

  async release(): Promise<void> {
    await rm(this.#path, { force: true });
    heldHere.delete(this.#folder);
  }
}

async function claim(dataDir: string, path: string): Promise<number | null> {
  const own: Holder = { pid: process.pid, started: processStart(process.pid), host: hostname() };
  let takenFrom: number | null = null;
  for (;;) {
    if (await create(path, own)) return takenFrom;
    const holder = await readHolder(path);
    if (holder !== null && isAlive(holder)) {
      throw dataInUse(dataDir, holder.pid === process.pid ? `this process (pid ${holder.pid})` : `pid ${holder.pid}`);
    }
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
