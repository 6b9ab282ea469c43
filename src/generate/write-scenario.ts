import { closeSync, mkdirSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, errorText, isSystemError } from '../core/errors.ts';
import { bodies } from './bodies.ts';
import { type GenerateOptions, generate } from './scenario.ts';
import type { Truth } from './truth.ts';

export interface WriteOptions extends GenerateOptions {
  /** Folder to create or fill; must be empty. */
  readonly out: string;
  /** `ndjson`: one record a line, as in PT1H.json. `records`: one Event Hubs body of up to 256 KiB a line. */
  readonly format: 'ndjson' | 'records';
  /** Also write `secrets.json` with every (synthetic) signature, for tests that search a data folder for leaks. */
  readonly secrets?: boolean;
}

export interface WrittenScenario {
  readonly truth: Truth;
  /** Paths of the log files, in event-time order. */
  readonly files: readonly string[];
  readonly bytes: number;
}

const fileBytesMax = 256 << 20;
const chunkCharactersMax = 4 << 20;
const bodyBytesMax = 256 << 10;

function prepareFolder(out: string): void {
  let entries: string[] = [];
  try {
    entries = readdirSync(out);
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT')) {
      throw new AppError('CONFIG_INVALID', `${out} cannot be used as a folder for logs: ${errorText(cause)}.`, {
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

/** Writes lines to `logs/part-00000.ndjson` and on, a new file after 256 MiB. */
function writeLogs(lines: Iterable<string>, folder: string): { files: string[]; bytes: number } {
  const files: string[] = [];
  let descriptor = -1;
  let fileBytes = 0;
  let bytes = 0;
  let chunk = '';
  const flush = (): void => {
    if (chunk === '') return;
    if (descriptor < 0) {
      const file = join(folder, `part-${String(files.length).padStart(5, '0')}.ndjson`);
      files.push(file);
      descriptor = openSync(file, 'wx');
      fileBytes = 0;
    }
    const data = Buffer.from(chunk);
    for (let written = 0; written < data.length; ) written += writeSync(descriptor, data, written);
    fileBytes += data.length;
    bytes += data.length;
    chunk = '';
  };
  try {
    for (const line of lines) {
      chunk += `${line}\n`;
      if (chunk.length < chunkCharactersMax) continue;
      flush();
      if (fileBytes < fileBytesMax) continue;
      closeSync(descriptor);
      descriptor = -1;
    }
    flush();
  } finally {
    if (descriptor >= 0) closeSync(descriptor);
  }
  return { files, bytes };
}

/**
 * Writes a scenario to `out`: `logs/*.ndjson` in event-time order and `truth.json`.
 *
 * @throws AppError CONFIG_INVALID for a folder in use or options out of range, SINK_WRITE if the disk refuses.
 */
export function writeScenario(options: WriteOptions): WrittenScenario {
  const { out, format, secrets = false } = options;
  const generation = generate(options);
  prepareFolder(out);
  const lines = format === 'ndjson' ? generation.records() : bodies(generation.records(), bodyBytesMax);
  try {
    mkdirSync(join(out, 'logs'), { recursive: true });
    const written = writeLogs(lines, join(out, 'logs'));
    const truth = generation.truth();
    writeFileSync(join(out, 'truth.json'), `${JSON.stringify(truth, undefined, 1)}\n`);
    if (secrets) writeFileSync(join(out, 'secrets.json'), `${JSON.stringify(generation.secrets(), undefined, 1)}\n`);
    return { truth, ...written };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('SINK_WRITE', `Logs could not be written to ${out}: ${errorText(cause)}.`, { cause, out });
  }
}
