import { limits } from '../../core/limits.ts';
import type { Delivery, Framing, Source } from '../source.ts';
import { type ByteReader, openBytes, seek } from './byte-reader.ts';
import { headBytes, sniffFraming } from './file-format.ts';
import { frameBytesMax, lastFrameEnd, nextFrameStart } from './frame-cutter.ts';
import type { SourceDeps, SourceWork } from './index.ts';

export interface FileAssignment {
  readonly kind: 'file';
}

/** A stretch of one file; a line belongs to the range in which it starts. Byte positions are of decompressed bytes. */
export interface FileRange {
  readonly path: string;
  readonly partition: string;
  /** First byte of the range. */
  readonly start: number;
  /** First byte behind the range; null: to the end of the file. */
  readonly end: number | null;
  /** Where reading begins: `start`, or behind the last committed frame. */
  readonly from: number;
  /** What becomes of a last line without its line feed that is no whole record yet: left for a later run, or taken. */
  readonly tail: 'leave' | 'take';
  /** Set when the piece is handed back: the byte up to which it was delivered. */
  readonly reached?: number;
}

export const fileSource = 'file';

/** Position token behind the last byte of a stream whose size only its end tells, as a gzip: nothing is left to read. */
export const endOfStream = 'end';

/** Log files, one range after the other as the coordinator hands them out. */
export class FileSource implements Source {
  readonly kind = fileSource;
  readonly #nextWork: SourceDeps['nextWork'];

  constructor({ nextWork }: SourceDeps) {
    this.#nextWork = nextWork;
  }

  async *read(signal: AbortSignal): AsyncGenerator<Delivery> {
    let finished: SourceWork | null = null;
    while (!signal.aborted) {
      const range: SourceWork | null = await this.#nextWork(finished);
      if (range === null) return;
      let reached = range.from;
      for await (const delivery of deliveries(range, signal)) {
        reached = Number(delivery.to.offset);
        yield delivery;
      }
      finished = { ...range, reached };
    }
  }
}

/**
 * The frames of one range, in order.
 *
 * @param readBytes bytes read at a time; a longer frame makes the buffer grow up to what its framing allows.
 */
export async function* deliveries(
  range: FileRange,
  signal: AbortSignal,
  readBytes: number = limits.readBytes,
): AsyncGenerator<Delivery> {
  const reader = await openBytes(range.path);
  try {
    yield* new RangeCutter(range, reader, readBytes).deliveries(signal);
  } finally {
    await reader.close();
  }
}

/** Cuts one range into deliveries of whole frames. */
class RangeCutter {
  readonly #range: FileRange;
  readonly #reader: ByteReader;
  #framing: Framing = 'lines';
  #buffer: Buffer;
  /** Position in the file of the buffer's first byte, and bytes in the buffer. */
  #base = 0;
  #used = 0;
  #ended = false;
  /** Position up to which everything has been delivered. */
  #delivered: number;

  constructor(range: FileRange, reader: ByteReader, readBytes: number) {
    this.#range = range;
    this.#reader = reader;
    this.#buffer = Buffer.allocUnsafeSlow(readBytes);
    this.#delivered = range.from;
  }

  async *deliveries(signal: AbortSignal): AsyncGenerator<Delivery> {
    await this.#fill(headBytes);
    const framing = sniffFraming(this.#buffer.subarray(0, Math.min(this.#used, headBytes)));
    if (framing === 'empty') return;
    if (framing === null) {
      yield this.#delivery(0, 'not a log: neither JSON records nor classic $logs lines');
      return;
    }
    this.#framing = framing;
    await this.#start();
    while (!this.#done) {
      await this.#fill();
      if (signal.aborted) return;
      const cut = this.#cut();
      if (cut > 0) {
        yield this.#delivery(cut);
        this.#drop(cut);
      } else if (this.#ended) {
        break;
      } else if (this.#used < frameBytesMax(this.#framing)) {
        this.#grow();
      } else {
        yield this.#delivery(0, await this.#skipOversize());
      }
    }
    if (this.#ended && !this.#done) yield* this.#tail();
    if (this.#ended && !this.#reader.seekable) yield this.#delivery(0, this.#reader.fault, endOfStream);
  }

  get #done(): boolean {
    return this.#range.end !== null && this.#base >= this.#range.end;
  }

  /** Brings the first byte not yet delivered to the head of the buffer. */
  async #start(): Promise<void> {
    const { from, start } = this.#range;
    const amidLine = from === start && start > 0;
    const target = amidLine ? start - 1 : from;
    if (this.#reader.seekable) {
      seek(this.#reader, target);
      this.#base = target;
      this.#used = 0;
      this.#ended = false;
    } else {
      await this.#discard(() => Math.min(this.#used, target - this.#base));
    }
    if (amidLine) await this.#discard(() => nextFrameStart(this.#buffer, 0, this.#used));
  }

  /** Throws bytes away until `enough` tells how many of the buffer are the last to go; -1 means all, and more. */
  async #discard(enough: () => number): Promise<void> {
    for (;;) {
      await this.#fill(1);
      const bytes = enough();
      const all = bytes === -1 || (bytes === this.#used && !this.#ended && bytes > 0);
      this.#drop(all ? this.#used : bytes);
      if (!all || this.#ended) return;
    }
  }

  #drop(bytes: number): void {
    this.#buffer.copy(this.#buffer, 0, bytes, this.#used);
    this.#used -= bytes;
    this.#base += bytes;
  }

  async #fill(enough = this.#buffer.length): Promise<void> {
    while (this.#used < Math.min(enough, this.#buffer.length) && !this.#ended) {
      const read = await this.#reader.read(this.#buffer, this.#used);
      if (read === 0) this.#ended = true;
      this.#used += read;
    }
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(
      Math.min(frameBytesMax(this.#framing) + limits.readBytes, this.#buffer.length * 4),
    );
    this.#buffer.copy(larger, 0, 0, this.#used);
    this.#buffer = larger;
  }

  /** Bytes of the buffer that are whole frames of this range. */
  #cut(): number {
    const cut = lastFrameEnd(this.#buffer, this.#used, this.#framing);
    const { end } = this.#range;
    return end === null || this.#base + cut <= end
      ? cut
      : nextFrameStart(this.#buffer, end - 1 - this.#base, this.#used);
  }

  /** @returns what was skipped, in words. */
  async #skipOversize(): Promise<string> {
    const from = this.#base;
    await this.#discard(() => nextFrameStart(this.#buffer, 0, this.#used));
    return `longer than ${frameBytesMax(this.#framing)} bytes: skipped bytes ${from} to ${this.#base}`;
  }

  /** The bytes behind the last frame end: a whole record without a line feed, or the half of one. */
  *#tail(): Generator<Delivery> {
    const text = this.#buffer.toString('utf8', 0, this.#used);
    if (text.trim() === '') return;
    const mayGrow = this.#reader.seekable && this.#range.tail === 'leave';
    if (mayGrow && !isWhole(text, this.#framing)) return;
    yield this.#delivery(this.#used);
    this.#drop(this.#used);
  }

  /** The first `length` bytes of the buffer; where there are none, the bytes skipped up to it. */
  #delivery(length: number, fault?: string, token?: string): Delivery {
    const partition = { source: fileSource, partition: this.#range.partition };
    const from = { ...partition, offset: BigInt(this.#delivered) };
    this.#delivered = this.#base + length;
    return {
      bytes: this.#buffer.subarray(0, length),
      framing: this.#framing,
      from,
      to: { ...partition, offset: BigInt(this.#delivered), ...(token === undefined ? {} : { token }) },
      ...(fault === undefined ? {} : { fault }),
      ack: async () => {},
    };
  }
}

function isWhole(text: string, framing: Framing): boolean {
  if (framing === 'classic') return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
