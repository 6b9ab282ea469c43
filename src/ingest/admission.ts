import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether more may be taken from the sources. */
export interface Admission {
  /** Resolves when more may be taken, or when the signal aborts. */
  admit(signal: AbortSignal): Promise<void>;
}

/** Lets everything in. */
export const admitAll: Admission = { admit: async () => {} };

export interface FreeSpaceOptions {
  /** Folder on the disk that is looked at. */
  readonly path: string;
  readonly freeBytesMin: number;
  /** Told once when lanes begin to wait, and once when they go on. */
  readonly onChange: (state: { readonly waiting: boolean; readonly freeBytes: number }) => void;
  readonly freeBytes?: (path: string) => Promise<number>;
  readonly lookAgainMs?: number;
}

/** Bytes that this user may still write to the disk of a folder. */
async function diskFreeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/**
 * Stops lanes from taking more while the disk has less room than a floor. What was taken by then still gets written: the
 * floor has to be larger than that.
 */
export class FreeSpaceFloor implements Admission {
  readonly #options: Required<FreeSpaceOptions>;
  #waiting = false;

  constructor(options: FreeSpaceOptions) {
    this.#options = { freeBytes: diskFreeBytes, lookAgainMs: 1_000, ...options };
  }

  async admit(signal: AbortSignal): Promise<void> {
    const { path, freeBytes, freeBytesMin, lookAgainMs } = this.#options;
    while (!signal.aborted) {
      const free = await freeBytes(path);
      this.#tell(free < freeBytesMin, free);
      if (free >= freeBytesMin) return;
      await sleep(lookAgainMs, undefined, { signal }).catch(() => {});
    }
  }

  #tell(waiting: boolean, freeBytes: number): void {
    if (waiting === this.#waiting) return;
    this.#waiting = waiting;
    this.#options.onChange({ waiting, freeBytes });
  }
}
