import assert from 'node:assert/strict';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { AppError, errorText, isSystemError } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import type { Framing } from '../source.ts';
import { headBytes, isGzip } from './file-format.ts';
import { formatMark, type RangeMark } from './range-mark.ts';
import { standardInput, stdinPath } from './standard-input.ts';

/** The decompressed bytes of a file or of standard input, in order. */
export interface ByteReader {
  /** True where the bytes are a file's own, so that a reader can begin anywhere and a later one can see growth. */
  readonly seekable: boolean;
  /** Fills `target` from `at` on. @returns bytes read, 0 at the end. */
  read(target: Buffer, at: number): Promise<number>;
  /** Of bytes that come as somebody writes them: waits for more, but not for long. @returns true where nothing came, nor the end. */
  isSilent?(): Promise<boolean>;
  /** What broke the bytes off before their end, as a truncated gzip or a replaced blob; undefined after a clean end. */
  readonly fault: string | undefined;
  /** Goes on at a byte of a seekable log. */
  seek(position: number): void;
  /**
   * Position token behind `bytes`, the last ones read: what a later reader needs beside the byte.
   *
   * @param ended nothing is left to read here.
   */
  mark(bytes: Uint8Array, framing: Framing | undefined, ended: boolean): string | undefined;
  close(): Promise<void>;
}

/**
 * A file's bytes, or those of standard input.
 *
 * @param signal ends standard input, which may else be silent for ever.
 * @throws AppError SOURCE_UNAVAILABLE where the file cannot be opened or read.
 */
export async function openBytes(path: string, signal?: AbortSignal): Promise<ByteReader> {
  if (path === stdinPath) return new PipeReader(await gunzipped(standardInput(signal)));
  const file = new FileReader(path);
  const head = Buffer.alloc(2);
  const length = await file.read(head, 0);
  file.seek(0);
  return length === head.length && isGzip(head) ? new StreamReader(through(file.stream())) : file;
}

/**
 * The bytes of a plain file.
 *
 * Reads block their thread: a lane has nothing else to do meanwhile, and a promise costs more than a small file.
 */
export class FileReader implements ByteReader {
  readonly seekable = true;
  readonly fault = undefined;
  readonly #file: number;
  readonly #path: string;
  #position = 0;

  /** @throws AppError SOURCE_UNAVAILABLE where the file cannot be opened. */
  constructor(path: string) {
    this.#path = path;
    this.#file = readable(path, () => openSync(path, 'r'));
  }

  async read(target: Buffer, at: number): Promise<number> {
    const room = target.length - at;
    const bytesRead = readable(this.#path, () => readSync(this.#file, target, at, room, this.#position));
    this.#position += bytesRead;
    // A large file would keep its thread from hearing anything else, an order to stop among it.
    if (bytesRead === room) await turn();
    return bytesRead;
  }

  seek(position: number): void {
    this.#position = position;
  }

  /** All its bytes; closes the file at their end. */
  stream(): Readable {
    return createReadStream('', { fd: this.#file, start: 0 });
  }

  mark(): undefined {}

  async close(): Promise<void> {
    closeSync(this.#file);
  }
}

/** The decompressed bytes of a gzip. @param state which state of its log it is. */
export function gunzipReader(compressed: Readable, state: RangeMark): ByteReader {
  return new StreamReader(through(compressed, state));
}

interface Decompressed {
  readonly bytes: Readable;
  /** Which state of its log the stream is of, where that can be told. */
  readonly state: RangeMark;
  /** Compressed bytes taken so far; the decompressed ones may not pass `gzipRatioMax` times as many. */
  readonly compressedBytes: () => number;
}

class StreamReader implements ByteReader {
  readonly seekable = false;
  fault: string | undefined;
  readonly #stream: Decompressed;
  readonly #chunks: AsyncIterator<Buffer>;
  /** Asked for, and not taken yet. */
  #next: Promise<IteratorResult<Buffer>> | null = null;
  #chunk: Buffer = Buffer.alloc(0);
  #total = 0;

  constructor(stream: Decompressed) {
    this.#stream = stream;
    this.#chunks = stream.bytes[Symbol.asyncIterator]();
  }

  async read(target: Buffer, at: number): Promise<number> {
    if (this.#chunk.length === 0) await this.#pull();
    const taken = this.#chunk.copy(target, at);
    this.#chunk = this.#chunk.subarray(taken);
    return taken;
  }

  /** Settles when `read` has something to give, be it the end. */
  protected async comes(): Promise<void> {
    if (this.#chunk.length > 0) return;
    this.#next ??= this.#chunks.next();
    await this.#next.catch(() => {});
  }

  seek(): void {
    assert.fail('a stream is read from its first byte on');
  }

  mark(_: Uint8Array, __: Framing | undefined, ended: boolean): string | undefined {
    return formatMark({ ...this.#stream.state, ended }) || undefined;
  }

  async close(): Promise<void> {
    this.#stream.bytes.destroy();
  }

  async #pull(): Promise<void> {
    if (this.fault !== undefined) return;
    const next = this.#next ?? this.#chunks.next();
    this.#next = null;
    try {
      const { value, done } = await next;
      if (done) return;
      this.#chunk = value;
      this.#total += value.length;
    } catch (error) {
      if (error instanceof AppError) throw error;
      this.fault = `broken gzip after ${this.#total} bytes: ${errorText(error)}`;
      return;
    }
    if (this.#total > limits.gzipRatioMax * Math.max(headBytes, this.#stream.compressedBytes())) {
      this.fault = `gzip expands more than ${limits.gzipRatioMax} to 1: refused as a bomb after ${this.#total} bytes`;
      this.#chunk = Buffer.alloc(0);
    }
  }
}

/** A stream whose writer may rest. */
class PipeReader extends StreamReader implements ByteReader {
  async isSilent(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const silent = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, limits.pipeSilenceMs, true);
    });
    try {
      return await Promise.race([this.comes().then(() => false), silent]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function through(compressed: Readable, state: RangeMark = {}): Decompressed {
  const gunzip = createGunzip({ chunkSize: 256 << 10 });
  pipeline(compressed, gunzip, () => {});
  return { bytes: gunzip, state, compressedBytes: () => gunzip.bytesWritten };
}

async function gunzipped(input: Readable): Promise<Decompressed> {
  const first = await new Promise<Buffer | null>((resolve, reject) => {
    input.once('readable', () => resolve(input.read() as Buffer | null));
    input.once('end', () => resolve(null)).once('close', () => resolve(null));
    input.once('error', (cause) => reject(unreadable('standard input', cause)));
  });
  if (first !== null) input.unshift(first);
  if (first !== null && isGzip(first)) return through(input);
  return { bytes: input, state: {}, compressedBytes: () => Number.POSITIVE_INFINITY };
}

function readable<T>(path: string, access: () => T): T {
  try {
    return access();
  } catch (cause) {
    throw unreadable(`the log file ${path}`, cause, path);
  }
}

function unreadable(what: string, cause: unknown, path = stdinPath): AppError {
  const why = isSystemError(cause, 'ENOENT')
    ? 'there is no such file'
    : isSystemError(cause, 'EACCES')
      ? 'this user may not read it'
      : errorText(cause);
  return new AppError('SOURCE_UNAVAILABLE', `Cannot read ${what}: ${why}.`, { cause, path });
}
