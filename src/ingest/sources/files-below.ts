import { readdirSync } from 'node:fs';
import { sep } from 'node:path';

/**
 * Paths of all files below a folder, in path order; none whose name begins with a dot, no links followed.
 *
 * Blocks: an archive has two folders for each log, and Node's own recursive listing takes four times as long.
 */
export function filesBelow(folder: string): string[] {
  const found: string[] = [];
  addFilesBelow(folder, found);
  return found.sort();
}

function addFilesBelow(folder: string, found: string[]): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}${folder.endsWith(sep) ? '' : sep}${entry.name}`;
    if (entry.isDirectory()) addFilesBelow(path, found);
    else if (entry.isFile() && !entry.name.startsWith('.')) found.push(path);
  }
}
