import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemovedFile } from './replacement.ts';

/** Files that no longer count but that readers of older snapshots may still open. */
export class Graveyard {
  readonly #dataDir: string;
  readonly graceMs: number;
  #files: RemovedFile[] = [];

  constructor(dataDir: string, graceMs: number) {
    this.#dataDir = dataDir;
    this.graceMs = graceMs;
  }

  add(files: readonly RemovedFile[]): void {
    this.#files.push(...files);
  }

  /** Paths relative to the data folder. */
  paths(): string[] {
    return this.#files.map(({ path }) => path);
  }

  /** Deletes what has been here longer than the grace time. */
  async clear(now: Date): Promise<void> {
    const due = now.getTime() - this.graceMs;
    const overdue = this.#files.filter(({ atMs }) => atMs <= due);
    if (overdue.length === 0) return;
    this.#files = this.#files.filter(({ atMs }) => atMs > due);
    for (const { path } of overdue) await rm(join(this.#dataDir, path), { force: true });
  }
}
