import { appendFileSync } from 'node:fs';
import { generate } from '../src/generate/scenario.ts';

const blockRows = 50_000;
/** Every generated record begins with its time, so that it can be written anew in place. */
const timeAt = '{"time":"'.length;

/** Where a tick of rows ended: they have arrived when the write has returned. */
export interface Arrival {
  readonly file: string;
  /** Byte behind the last row. */
  readonly end: number;
  readonly atMs: number;
}

/** Rows of a scenario that arrive now, again and again, at the end of growing files that take turns. */
export class LiveFeed {
  readonly #files: readonly string[];
  readonly #ends: number[];
  readonly #block: Buffer;
  readonly #starts: readonly number[];
  readonly #overPowered: string;
  #next = 0;
  #turn = 0;

  constructor(files: readonly string[], scenario: string) {
    const lines = [...generate({ scenario, rows: blockRows, seed: 1 }).records()];
    this.#files = files;
    this.#ends = files.map(() => 0);
    this.#block = Buffer.from(`${lines.join('\n')}\n`);
    const starts: number[] = [];
    for (let at = 0; at < this.#block.length; at = this.#block.indexOf(0x0a, at) + 1) starts.push(at);
    this.#starts = starts;
    this.#overPowered = lines.find((line) => /&se=2051.*SasSignature|SasSignature.*&se=2051/.test(line)) ?? '';
  }

  /** Appends rows with the time of now to the file whose turn it is. */
  append(rows: number): Arrival {
    const first = this.#next + rows > this.#starts.length ? 0 : this.#next;
    this.#next = first + rows;
    const start = this.#starts[first] ?? 0;
    const end = this.#starts[first + rows] ?? this.#block.length;
    const now = this.#now();
    for (let row = first; row < first + rows; row++)
      this.#block.write(now, (this.#starts[row] ?? 0) + timeAt, 'latin1');
    return this.#write(this.#block.subarray(start, end));
  }

  /** Appends one row of an account SAS until 2051 that nobody has seen, which a rule reports at first sight. */
  appendNewToken(signatureHash: string): Arrival {
    const line = this.#overPowered
      .replace(/SasSignature\([0-9A-F]+\)/, `SasSignature(${signatureHash})`)
      .replace(/^(\{"time":")[^"]+/, `$1${this.#now()}`);
    return this.#write(Buffer.from(`${line}\n`));
  }

  #now(): string {
    return `${new Date().toISOString().slice(0, 23)}0000Z`;
  }

  #write(bytes: Buffer): Arrival {
    const turn = this.#turn;
    this.#turn = (turn + 1) % this.#files.length;
    const file = this.#files[turn] ?? '';
    appendFileSync(file, bytes);
    const end = (this.#ends[turn] ?? 0) + bytes.length;
    this.#ends[turn] = end;
    return { file, end, atMs: performance.now() };
  }
}
