import { limits } from '../../core/limits.ts';
import type { Framing } from '../source.ts';
import type { Fallback } from './decoder.ts';
import type { FastPath } from './record-reader.ts';
import { scannerKeys } from './scanner-keys.ts';
import { scannerLayout, scannerSizes } from './scanner-layout.ts';
import { type ScannerExports, scanStatus } from './scanner-module.ts';

const { window: windowAt, input: inputAt } = scannerLayout.regions;
const { windowBytes, slackBytes } = scannerSizes;
/** A record that ends the scan this close to the end of the window may only have been cut there. */
const cutBytes = windowBytes / 4;

/** The scanner at work on one input, which lies in its memory, or of which a window does. */
export class ScannerInput implements FastPath {
  readonly #scanner: ScannerExports;
  /** For inputs to be read into. */
  readonly buffer: Buffer;
  readonly #window: Uint8Array;
  #bytes: Uint8Array = new Uint8Array();
  #sourceId = 0n;
  /** The memory holds bytes [base, top) of the input, from `origin` on. */
  #origin = windowAt;
  #base = 0;
  #top = 0;
  full = false;
  /** What stood behind an input in the memory, which needs zeros there. */
  readonly #behind = new Uint8Array(slackBytes);
  #fallback: Fallback | null = null;

  constructor(scanner: ScannerExports, memory: ArrayBuffer) {
    this.#scanner = scanner;
    this.buffer = Buffer.from(memory, inputAt, limits.readBytes);
    this.#window = new Uint8Array(memory, windowAt, windowBytes + slackBytes);
  }

  open(bytes: Uint8Array, sourceId: bigint): void {
    this.#bytes = bytes;
    this.#sourceId = sourceId;
    this.#base = 0;
    this.#top = this.#inPlace ? bytes.length : 0;
    this.#origin = this.#inPlace ? bytes.byteOffset : windowAt;
    this.full = false;
    if (!this.#inPlace) return;
    this.#behind.set(this.#slack);
    this.#slack.fill(0);
  }

  /** Leaves the input as it was. */
  close(): void {
    if (this.#inPlace) this.#slack.set(this.#behind);
  }

  get #inPlace(): boolean {
    return this.#bytes.buffer === this.buffer.buffer;
  }

  get #slack(): Uint8Array {
    return new Uint8Array(this.buffer.buffer, this.#bytes.byteOffset + this.#bytes.length, slackBytes);
  }

  run(start: number, end: number, framing: Framing): number {
    for (let at = start; at < end; ) {
      if (at < this.#base || at >= this.#top) this.#load(at);
      const limit = Math.min(end, this.#top);
      const stop = this.#scan(at, limit, framing, limit === end);
      const status = this.#scanner.lastStatus();
      this.full = status === scanStatus.full;
      const cut = status === scanStatus.unsure && limit < end && limit - stop < cutBytes && stop > this.#base;
      if (status !== scanStatus.done && !cut) return stop;
      at = stop;
      if (cut) this.#load(at);
    }
    return end;
  }

  #scan(at: number, limit: number, framing: Framing, final: boolean): number {
    const offset = this.#origin - this.#base;
    const [from, to] = [at + offset, limit + offset];
    if (framing === 'classic') return this.#scanner.scanClassic(from, to, Number(final), this.#sourceId) - offset;
    const lines = Number(framing === 'lines');
    return this.#scanner.scan(from, to, lines, Number(final), this.#sourceId) - offset;
  }

  #load(at: number): void {
    const piece = this.#bytes.subarray(at, at + windowBytes);
    this.#window.set(piece);
    this.#window.fill(0, piece.length, piece.length + slackBytes);
    this.#base = at;
    this.#top = at + piece.length;
  }

  left(instead: boolean): void {
    const { records, inputs, firstField } = this.#fallback ?? { records: 0, inputs: 0, firstField: this.#unsureField };
    this.#fallback = { records: records + 1, inputs: inputs + Number(instead), firstField };
  }

  /** Since the last call. */
  takeFallback(): Fallback | null {
    const fallback = this.#fallback;
    this.#fallback = null;
    return fallback;
  }

  get #unsureField(): string | null {
    return scannerKeys[this.#scanner.unsureKey() - 1]?.path ?? null;
  }
}
