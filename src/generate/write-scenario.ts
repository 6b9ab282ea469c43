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
/** Holds the longest line there is, a body, at three bytes of UTF-8 a character. */
const bufferBytes = 1 << 20;
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

/** A log folder filled with `part-00000.ndjson` and on, a new file after 256 MiB; lines are collected in one buffer. */
class LogFolder {
  readonly files: string[] = [];
  bytes = 0;
  readonly #folder: string;
  readonly #buffer = Buffer.allocUnsafe(bufferBytes);
  #buffered = 0;
  #descriptor = -1;
  #fileBytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  writeLine(line: string): void {
    if (this.#buffered + 3 * line.length + 1 > bufferBytes) this.#flush();
    this.#buffered += this.#buffer.write(line, this.#buffered);
    this.#buffer[this.#buffered++] = 0x0a;
  }

  close(): void {
    this.#flush();
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
  }

  #flush(): void {
    if (this.#fileBytes >= fileBytesMax) {
      closeSync(this.#descriptor);
      this.#descriptor = -1;
    }
    if (this.#descriptor < 0) {
      const file = join(this.#folder, `part-${String(this.files.length).padStart(5, '0')}.ndjson`);
      this.#descriptor = openSync(file, 'wx');
      this.files.push(file);
      this.#fileBytes = 0;
    }
    for (let from = 0; from < this.#buffered; ) {
      from += writeSync(this.#descriptor, this.#buffer, from, this.#buffered - from);
    }
    this.#fileBytes += this.#buffered;
    this.bytes += this.#buffered;
    this.#buffered = 0;
  }
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
    const logs = new LogFolder(join(out, 'logs'));
    for (const line of lines) logs.writeLine(line);
    logs.close();
    const truth = generation.truth();
    writeFileSync(join(out, 'truth.json'), `${JSON.stringify(truth, undefined, 1)}\n`);
    if (secrets) writeFileSync(join(out, 'secrets.json'), `${JSON.stringify(generation.secrets(), undefined, 1)}\n`);
    return { truth, files: logs.files, bytes: logs.bytes };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('SINK_WRITE', `Logs could not be written to ${out}: ${errorText(cause)}.`, { cause, out });
  }
}
