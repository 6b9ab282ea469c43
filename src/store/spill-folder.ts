import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

/** Where files lie that no commit names yet; emptied when the catalog is opened. */
export const stagingFolder = 'lake/staging';

/** A folder of its own for a private DuckDB to put what does not fit its memory; DuckDB makes and removes it. */
export function spillFolder(dataDir: string): string {
  return join(dataDir, stagingFolder, `spill-${randomUUID()}`);
}
