import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../core/errors.ts';
import { writeWhole } from '../store/durable-file.ts';

/** The UUID of a data folder, made at its first use: the name under which it claims work that it shares with others. */
export async function instanceId(dataDir: string): Promise<string> {
  const path = join(dataDir, 'instance-id');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (fault) {
    if (!isSystemError(fault, 'ENOENT')) throw fault;
  }
  const id = randomUUID();
  await writeWhole(path, `${id}\n`);
  return id;
}
