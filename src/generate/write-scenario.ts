import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, errorClause, isSystemError } from '../core/errors.ts';
import { ArchiveFolder } from './archive-folder.ts';
import { classicLayout, monitorLayout } from './archive-layout.ts';
import { bodies } from './bodies.ts';
import { LogFolder } from './log-folder.ts';
import { type GenerateOptions, generate } from './scenario.ts';
import type { Truth } from './truth.ts';

/** Values for `--format`. */
export const logFormats = ['ndjson', 'records', 'archive', 'classic'] as const;
export type LogFormat = (typeof logFormats)[number];

export interface WriteOptions extends GenerateOptions {
  /** Folder to create or fill; must be empty. */
  readonly out: string;
  /**
   * `ndjson`: one record a line. `records`: one Event Hubs body of up to 256 KiB a line. `archive`: as `ndjson`, laid out
   * as a diagnostic setting does it, one PT1H.json an hour (many files where the scenario spans years). `classic`: lines of `$logs`, laid out as Storage
   * Analytics does it, a folder an account.
   */
  readonly format: LogFormat;
  /** Also write `secrets.json` with every (synthetic) signature, for tests that search a data folder for leaks. */
  readonly secrets?: boolean;
}

export interface WrittenScenario {
  readonly truth: Truth;
  /** Paths of the log files, in event-time order. */
  readonly files: readonly string[];
  readonly bytes: number;
}

const bodyBytesMax = 256 << 10;

function prepareFolder(out: string): void {
  let entries: string[] = [];
  try {
    entries = readdirSync(out);
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT')) {
      throw new AppError('CONFIG_INVALID', `${out} cannot be used as a folder for logs: ${errorClause(cause)}.`, {
        cause,
      });
    }
  }
  if (entries.length > 0) {
    throw new AppError(
      'CONFIG_INVALID',
      `${out} is not empty; name a folder that does not exist yet or has nothing in it.`,
    );
  }
}

/**
 * Writes a scenario to `out`: `logs/` (parts in event-time order, or the archive's tree) and `truth.json`.
 *
 * @throws AppError CONFIG_INVALID for a folder in use or options out of range, SINK_WRITE if the disk refuses.
 */
export function writeScenario(options: WriteOptions): WrittenScenario {
  const { out, format, secrets = false } = options;
  const generation = generate(options);
  prepareFolder(out);
  const lines = format === 'records' ? bodies(generation.records(), bodyBytesMax) : generation.records();
  try {
    mkdirSync(join(out, 'logs'), { recursive: true });
    const folder = join(out, 'logs');
    const layout = format === 'archive' ? monitorLayout : format === 'classic' ? classicLayout : null;
    const logs = layout === null ? new LogFolder(folder) : new ArchiveFolder(folder, layout);
    for (const line of lines) logs.writeLine(line);
    logs.close();
    const truth = generation.truth();
    writeFileSync(join(out, 'truth.json'), `${JSON.stringify(truth, undefined, 1)}\n`);
    if (secrets) writeFileSync(join(out, 'secrets.json'), `${JSON.stringify(generation.secrets(), undefined, 1)}\n`);
    return { truth, files: logs.files, bytes: logs.bytes };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('SINK_WRITE', `Logs could not be written to ${out}: ${errorClause(cause)}.`, { cause, out });
  }
}
