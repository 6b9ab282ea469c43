import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const fileBytesMax = 256 << 20;
/** Holds the longest line there is, a body, at three bytes of UTF-8 a character. */
const bufferBytes = 1 << 20;

/** Where lines of a log go. Paths in `files` are in order of creation; all is on disk after `close`. */
export interface LogSink {
  readonly files: readonly string[];
  readonly bytes: number;
  writeLine(line: string): void;
  close(): void;
}

/** A log folder filled with `part-00000.ndjson` and on, a new file after 256 MiB; lines are collected in one buffer. */
export class LogFolder implements LogSink {
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
