import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../store/segment-writer.ts';

export interface QueryLimits {
  /** How long DuckDB may work on one query, without the time its reader takes. */
  readonly timeoutMs: number;
  /** 0: no limit. */
  readonly rowsMax: number;
  readonly memoryMbMax: number;
  readonly tempMbMax: number;
  readonly threads: number;
}

export interface SandboxOptions {
  /** Folders whose files the views read. */
  readonly folders: readonly string[];
  /** The one file a result may be written to; null: none. */
  readonly outPath: string | null;
  /** Folder to spill to, of this query alone. */
  readonly tempDir: string;
  readonly limits: QueryLimits;
}

/**
 * Takes from a connection, for good, all that reading the views does not need.
 *
 * The folders stay readable, and by DuckDB's rule writable too: that nothing writes there is the guard's part, which
 * lets only a SELECT pass.
 */
export async function lockConnection(
  connection: DuckDBConnection,
  { folders, outPath, tempDir, limits }: SandboxOptions,
): Promise<void> {
  const settings: readonly (readonly [string, string])[] = [
    ['memory_limit', literal(`${limits.memoryMbMax}MB`)],
    ['threads', String(limits.threads)],
    ['temp_directory', literal(tempDir)],
    ['max_temp_directory_size', literal(`${limits.tempMbMax}MB`)],
    [
      'allowed_directories',
      `[${folders.map((folder) => literal(folder.endsWith('/') ? folder : `${folder}/`)).join(', ')}]`,
    ],
    ['allowed_paths', `[${outPath === null ? '' : literal(outPath)}]`],
    ['autoinstall_known_extensions', 'false'],
    ['autoload_known_extensions', 'false'],
    ['allow_community_extensions', 'false'],
    ['allow_unredacted_secrets', 'false'],
    ['enable_external_access', 'false'],
    ['lock_configuration', 'true'],
  ];
  for (const [name, value] of settings) await connection.run(`SET ${name} = ${value}`);
}
