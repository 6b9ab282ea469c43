import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';

/** True where this process may mount: root on Linux. */
export const mayMount = platform() === 'linux' && process.getuid?.() === 0;

/** A disk of its own in memory, small enough to be filled by a test. */
export class SmallDisk {
  readonly path = mkdtempSync(join(tmpdir(), 'saswatch-disk-'));

  constructor(sizeMb: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', this.path]);
  }

  resize(sizeMb: number): void {
    execFileSync('mount', ['-o', `remount,size=${sizeMb}m`, this.path]);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  remove(): void {
    execFileSync('umount', [this.path]);
    rmSync(this.path, { recursive: true });
  }
}
