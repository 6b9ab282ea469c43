import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { ProcessLock } from '../core/process-lock.ts';

/** The fault of a second opener: says who holds the folder and what works meanwhile. */
export function dataInUse(dataDir: string, holder: string, cause?: unknown): AppError {
  return new AppError(
    'DATA_IN_USE',
    `Could not open the data folder ${dataDir} for writing: ${holder} has it open. ` +
      'Stop that process, or give this one another folder with --data; `saswatch query` works beside it.',
    { cause, dataDir },
  );
}

/**
 * The right of one thread of one process to open `catalog.duckdb`.
 *
 * DuckDB does not notice a second opener within a process and then loses committed rows, and its lock between processes
 * gives no name.
 *
 * @throws AppError DATA_IN_USE that names pid and folder.
 */
export function lockData(dataDir: string): Promise<ProcessLock> {
  return ProcessLock.acquire(join(dataDir, 'catalog.lock'), (pid) =>
    dataInUse(dataDir, pid === process.pid ? `this process (pid ${pid})` : `pid ${pid}`),
  );
}
