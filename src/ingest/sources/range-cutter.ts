import { limits } from '../../core/limits.ts';
import type { Delivery, Framing } from '../source.ts';
import type { ByteReader } from './byte-reader.ts';
import { headBytes, sniffFraming } from './file-format.ts';
import { frameBytesMax, lastFrameEnd, nextFrameStart } from './frame-cutter.ts';
import type { ByteRange } from './range.ts';

export interface CutOptions {
  /** Name of the source in positions. */
  readonly source: string;
  /**
   * Filled at a time, and lent to whoever takes a delivery; the next range may have it too. A longer frame is read into a
   * larger one, up to what its framing allows.
   */
  readonly buffer: Buffer;
  /** How the log is framed, where that is known; else its first bytes are read to see. */
  readonly framing?: Framing;
}

/** Cuts one range of a stored log into deliveries of whole frames, in order. */
export class RangeCutter {
  readonly #range: ByteRange;
  readonly #reader: ByteReader;
  readonly #source: string;
  #framing: Framing | undefined;
  #buffer: Buffer;
  /** Position in the log of the buffer's first byte, and bytes in the buffer. */
  #base = 0;
  #used = 0;
  #ended = false;
  /** Position up to which everything has been delivered. */
  #delivered: number;

  constructor(range: ByteRange, reader: ByteReader, { source, buffer, framing }: CutOptions) {
    this.#range = range;
    this.#reader = reader;
    this.#source = source;
    this.#framing = framing;
    this.#buffer = buffer;
    this.#delivered = range.from;
  }

  async *deliveries(signal: AbortSignal): AsyncGenerator<Delivery> {
    if (this.#framing === undefined) {
      await this.#fill(headBytes);
      if (signal.aborted) return;
      const framing = this.#sniffed();
      if (framing === 'empty' || framing === null) {
        const alien = framing === null ? 'not a log: neither JSON records nor classic $logs lines' : undefined;
        const fault = this.#reader.fault ?? alien;
        if (fault !== undefined) yield this.#delivery(0, fault, true);
        return;
      }
      this.#framing = framing;
    }
    yield* this.#frames(this.#framing, signal);
  }

  async *#frames(framing: Framing, signal: AbortSignal): AsyncGenerator<Delivery> {
    await this.#start();
    while (!this.#done) {
      await this.#fill();
      if (signal.aborted) return;
      const cut = this.#cut(framing);
      if (cut > 0) {
        yield this.#delivery(cut);
        this.#drop(cut);
      } else if (this.#ended) {
        break;
      } else if (this.#used < frameBytesMax(framing)) {
        this.#grow(framing);
      } else {
        yield this.#delivery(0, await this.#skipOversize(framing));
      }
    }
    const { fault } = this.#reader;
    if (this.#ended && !this.#done && (fault === undefined || !this.#reader.seekable)) yield* this.#tail(framing);
    if (this.#ended && !this.#reader.seekable) yield this.#delivery(0, fault, true);
    else if (fault !== undefined) yield this.#delivery(0, fault);
  }

  get #done(): boolean {
    return this.#range.end !== null && this.#base >= this.#range.end;
  }

  /** Brings the first byte not yet delivered to the head of the buffer. */
  async #start(): Promise<void> {
    const { from, start } = this.#range;
    const amidLine = from === start && start > 0;
    const target = amidLine ? start - 1 : from;
    if (target <= this.#base + this.#used) {
      this.#drop(target - this.#base);
    } else if (this.#reader.seekable) {
      this.#reader.seek(target);
      this.#base = target;
      this.#used = 0;
      this.#ended = false;
    } else {
      await this.#discard(() => (target - this.#base > this.#used ? -1 : target - this.#base));
    }
    if (amidLine) await this.#discard(() => nextFrameStart(this.#buffer, 0, this.#used));
  }

  /** Throws bytes away until `enough` tells how many of the buffer are the last to go; -1 means all, and more. */
  async #discard(enough: () => number): Promise<void> {
    for (;;) {
      await this.#fill(1);
      const bytes = enough();
      this.#drop(bytes === -1 ? this.#used : bytes);
      if (bytes !== -1 || this.#ended) return;
    }
  }

  #drop(bytes: number): void {
    this.#buffer.copy(this.#buffer, 0, bytes, this.#used);
    this.#used -= bytes;
    this.#base += bytes;
  }

  /** @param enough bytes; fewer where nothing more comes for now and there are whole frames. */
  async #fill(enough = this.#buffer.length): Promise<void> {
    while (this.#used < Math.min(enough, this.#buffer.length) && !this.#ended) {
      if (this.#used > 0 && (await this.#reader.isSilent?.()) && this.#hasFrames()) return;
      const read = await this.#reader.read(this.#buffer, this.#used);
      if (read === 0) this.#ended = true;
      this.#used += read;
    }
  }

  #hasFrames(): boolean {
    const framing = this.#framing ?? this.#sniffed();
    return framing !== null && framing !== 'empty' && lastFrameEnd(this.#buffer, this.#used, framing) > 0;
  }

  #sniffed(): ReturnType<typeof sniffFraming> {
    return sniffFraming(this.#buffer.subarray(0, Math.min(this.#used, headBytes)));
  }

  #grow(framing: Framing): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(frameBytesMax(framing) + limits.readBytes, this.#buffer.length * 4));
    this.#buffer.copy(larger, 0, 0, this.#used);
    this.#buffer = larger;
  }

  /** Bytes of the buffer that are whole frames of this range. */
  #cut(framing: Framing): number {
    const cut = lastFrameEnd(this.#buffer, this.#used, framing);
    const { end } = this.#range;
    return end === null || this.#base + cut <= end
      ? cut
      : nextFrameStart(this.#buffer, end - 1 - this.#base, this.#used);
  }

  /** @returns what was skipped, in words. */
  async #skipOversize(framing: Framing): Promise<string> {
    const from = this.#base;
    await this.#discard(() => nextFrameStart(this.#buffer, 0, this.#used));
    return `longer than ${frameBytesMax(framing)} bytes: skipped bytes ${from} to ${this.#base}`;
  }

  /** The bytes behind the last frame end: a whole record without a line feed, or the half of one. */
  *#tail(framing: Framing): Generator<Delivery> {
    const text = this.#buffer.toString('utf8', 0, this.#used);
    if (text.trim() === '') return;
    const mayGrow = this.#reader.seekable && this.#range.tail === 'leave';
    if (mayGrow && !isWhole(text, framing)) return;
    yield this.#delivery(this.#used);
    this.#drop(this.#used);
  }

  /** The first `length` bytes of the buffer; where there are none, the bytes skipped up to it. */
  #delivery(length: number, fault?: string, ended = false): Delivery {
    const partition = { source: this.#source, partition: this.#range.partition };
    const from = { ...partition, offset: BigInt(this.#delivered) };
    this.#delivered = this.#base + length;
    const bytes = this.#buffer.subarray(0, length);
    const token = this.#reader.mark(bytes, this.#framing, ended);
    return {
      bytes,
      framing: this.#framing ?? 'lines',
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
