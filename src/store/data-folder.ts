import { stat } from 'node:fs/promises';
import { AppError, isSystemError } from '../core/errors.ts';

/** Makes sure of a folder to read from. @throws AppError CONFIG_INVALID where there is none of this name. */
export async function existingDataFolder(dataDir: string): Promise<void> {
  const why = await stat(dataDir).then(
    (found) => (found.isDirectory() ? null : 'it is not a folder'),
    (error: unknown) => {
      if (isSystemError(error, 'ENOENT')) return 'it does not exist';
      if (isSystemError(error, 'ENOTDIR')) return 'what it is below is not a folder';
      throw error;
    },
  );
  if (why === null) return;
  throw new AppError(
    'CONFIG_INVALID',
    `Could not read the data folder ${dataDir}: ${why}. Name the folder that \`saswatch ingest\` wrote with --data.`,
  );
}
