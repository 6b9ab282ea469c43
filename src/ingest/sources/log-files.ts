import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, isSystemError } from '../../core/errors.ts';
import { redact } from '../../core/redaction.ts';
import type { Framing } from '../source.ts';
import { overlaps, type Span, spanOf } from './archive/layout.ts';
import { openBytes } from './byte-reader.ts';
import { headBytes, sniffFraming } from './file-format.ts';
import { filesBelow } from './files-below.ts';
import { stdinPath } from './standard-input.ts';

/** A file that holds logs, by its content. */
export interface LogFile {
  readonly path: string;
  readonly bytes: number;
  /** True where its lines may be read from any byte on: plain, one record a line. */
  readonly divisible: boolean;
  /** True where a byte position says nothing about the file's size: gzip, standard input. */
  readonly streamed: boolean;
  /** Of a plain file. */
  readonly framing?: Framing;
}

export interface FoundFiles {
  readonly files: readonly LogFile[];
  /** Files of a folder that hold something else; never opened further. */
  readonly skipped: readonly string[];
  /** Why files are not read whose names hold a signature, without it. */
  readonly refused: readonly string[];
}

interface Recognised {
  readonly bytes: number;
  readonly changedMs: number;
  readonly file: LogFile | 'empty' | null;
}

/** Finds log files, and remembers what it has recognised for as long as a file is there and does not change. */
export class LogFinder {
  /** As of the last search. */
  #known: ReadonlyMap<string, Recognised> = new Map();
  #found = new Map<string, Recognised>();
  readonly #head = Buffer.allocUnsafeSlow(headBytes);

  /**
   * Files with logs among `paths`: files, folders (with all below them), or `-` for standard input; in path order.
   *
   * @param filed of a folder laid out as an archive only the hours in this stretch; null: all.
   * @throws AppError SOURCE_UNAVAILABLE for a path that does not exist, SCHEMA_UNKNOWN for a named file that is no log.
   */
  async find(paths: readonly string[], filed: Span | null = null): Promise<FoundFiles> {
    this.#known = this.#found;
    this.#found = new Map();
    const files: LogFile[] = [];
    const skipped: string[] = [];
    const refused: string[] = [];
    for (const path of paths) {
      if (path === stdinPath) {
        files.push({ path, bytes: 0, divisible: false, streamed: true });
        continue;
      }
      const named = resolve(path);
      if (stats(named).isDirectory()) {
        for (const found of filesBelow(named)) {
          const span = filed === null ? null : spanOf(found);
          if (filed !== null && span !== null && !overlaps(filed, span)) continue;
          const why = whyRefused(found);
          if (why !== null) {
            refused.push(why);
            continue;
          }
          const file = await this.#recognise(found);
          if (file === null) skipped.push(found);
          else if (file !== 'empty') files.push(file);
        }
        continue;
      }
      const why = whyRefused(named);
      if (why !== null) {
        refused.push(why);
        continue;
      }
      const file = await this.#recognise(named);
      if (file === null) {
        throw new AppError(
          'SCHEMA_UNKNOWN',
          `${named} is not a log saswatch can read: expected Azure Monitor records (one JSON object a line, or {"records":[…]}) or classic $logs lines, plain or gzip.`,
          { path: named },
        );
      }
      if (file !== 'empty') files.push(file);
    }
    return { files, skipped, refused };
  }

  async #recognise(path: string): Promise<LogFile | 'empty' | null> {
    const { size: bytes, mtimeMs: changedMs } = stats(path);
    const known = this.#known.get(path);
    const unchanged = known?.bytes === bytes && known.changedMs === changedMs;
    const file = unchanged ? known.file : await recognise(path, bytes, this.#head);
    this.#found.set(path, { bytes, changedMs, file });
    return file;
  }
}

/** @param head room for the first bytes. */
async function recognise(path: string, bytes: number, head: Buffer): Promise<LogFile | 'empty' | null> {
  const reader = await openBytes(path);
  try {
    // Of a plain file its size says that there is no more: where logs are small, asking costs as much as reading one.
    const enough = reader.seekable ? Math.min(bytes, head.length) : head.length;
    let length = 0;
    for (let read = -1; read !== 0 && length < enough; length += read) read = await reader.read(head, length);
    const framing = sniffFraming(head.subarray(0, length));
    if (framing === null || framing === 'empty') return framing;
    if (!reader.seekable) return { path, bytes, divisible: false, streamed: true };
    return { path, bytes, divisible: framing !== 'records', streamed: false, framing };
  } finally {
    await reader.close();
  }
}

/** @throws AppError SOURCE_UNAVAILABLE for a path that does not exist or that must not be looked at. */
export function mustBeThere(path: string): void {
  stats(resolve(path));
}

/** Null for most: what fetches a log by its URL may call it by all of that. */
function whyRefused(path: string): string | null {
  const shown = redact(path);
  if (shown === path) return null;
  return `${shown} is not read: its name holds a signature, and names of logs are kept with what was read. Rename it.`;
}

function stats(path: string) {
  try {
    return statSync(path);
  } catch (cause) {
    const why = isSystemError(cause, 'ENOENT') ? 'it does not exist' : 'it cannot be opened';
    throw new AppError(
      'SOURCE_UNAVAILABLE',
      `Cannot read ${path}: ${why}. Give a file, a folder, or - for standard input.`,
      {
        cause,
        path,
      },
    );
  }
}
