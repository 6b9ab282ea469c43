import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSystemError } from '../core/errors.ts';

/** A file whose bytes are on the disk. */
export interface DurableFile {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Waits until the bytes of a written file are on the disk. */
export async function syncFile(path: string): Promise<void> {
  await sync(path, 'r+');
}

/** Waits until a file written elsewhere is on the disk, and reads what it became. */
export async function durable(path: string): Promise<DurableFile> {
  await syncFile(path);
  const { size } = await stat(path);
  return { bytes: size, sha256: await sha256(path) };
}

/** Waits until the names in a folder are on the disk: a rename is only durable after this. */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder; its file systems journal names by themselves.
  if (process.platform !== 'win32') await sync(path, 'r');
}

/** Makes a folder and its missing parents, and the names of the new ones durable. */
export async function makeFolder(path: string): Promise<void> {
  // One by one: Node's own recursive mkdir never returns where an existing parent takes no names, as /proc.
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path && !(await isFolder(parent))) await makeFolder(parent);
  try {
    await mkdir(path);
  } catch (error) {
    if (!isSystemError(error, 'EEXIST') || !(await isFolder(path))) throw error;
  }
  await syncFolder(parent);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return false;
    throw error;
  }
}

/** Writes a file so that a reader, or the next start after a power cut, sees either all of it or none of it. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** SHA-256 of a file's bytes, hexadecimal. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafeSlow(1 << 20);
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await file.read(chunk);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(chunk.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
