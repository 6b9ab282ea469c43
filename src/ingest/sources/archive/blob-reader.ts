import type { BlobClient } from '@azure/storage-blob';
import { limits } from '../../../core/limits.ts';
import type { Framing } from '../../source.ts';
import type { ByteReader } from '../byte-reader.ts';
import { formatMark, type RangeMark, type Tail, tailBytes, tailOf } from '../range-mark.ts';
import { archiveError, statusOf } from './archive-error.ts';
import type { RangeBuffers } from './range-buffers.ts';
import { downloadRange } from './range-download.ts';
import type { RequestGate } from './request-gate.ts';

/** One blob, its name for people and the way to it. */
export interface BlobPlace {
  readonly blob: BlobClient;
  readonly name: string;
  readonly gate: RequestGate;
  readonly buffers: RangeBuffers;
}

interface BlobState {
  /** Bytes it holds. */
  readonly bytes: number;
  readonly etag: string;
}

/** Ranges of a blob downloaded ahead of its reader, once it reads. */
const rangesAhead = 4;
/** What is read behind the end of a range at a time: the rest of its last line. */
const lineBytes = 64 << 10;
const pieceBytes = 256 << 10;

/**
 * A blob read in ranges, several at a time, each only as long as the blob is the one that was listed.
 *
 * An append blob may grow meanwhile: its new state is read on from where the old one was left, if the bytes before are
 * still the same. Anything else that happens to a blob is a `fault`: what was read is kept, nothing of it is read again.
 */
export class BlobReader implements ByteReader {
  readonly seekable = true;
  fault: string | undefined;
  readonly #blob: BlobClient;
  readonly #name: string;
  readonly #gate: RequestGate;
  readonly #buffers: RangeBuffers;
  readonly #end: number;
  readonly #signal: AbortSignal;
  /** Of downloads under way. */
  #stop: AbortController | null = null;
  #state: BlobState;
  #position = 0;
  /** The bytes before `#position`, as many as a later reader checks. */
  #last: Buffer = Buffer.alloc(0);
  #ahead: Promise<Buffer>[] = [];
  #aheadTo = 0;
  /** The range at the position, and how much of it has been read. */
  #body: Buffer | null = null;
  #taken = 0;

  /** @param end byte up to which it is read ahead; what lies behind is read in small pieces, as somebody asks for it. */
  constructor(place: BlobPlace, state: BlobState, end: number | null, signal: AbortSignal) {
    this.#blob = place.blob;
    this.#name = place.name;
    this.#gate = place.gate;
    this.#buffers = place.buffers;
    this.#state = state;
    this.#end = end ?? Number.POSITIVE_INFINITY;
    this.#signal = signal;
    signal.addEventListener('abort', this.#cancel);
  }

  seek(position: number): void {
    if (position === this.#position) return;
    this.#forget();
    this.#position = position;
    this.#last = Buffer.alloc(0);
  }

  /** Begins to download from the position on, so that a reader who comes later need not wait. */
  readAhead(ranges = 1): void {
    this.#aheadTo = Math.max(this.#aheadTo, this.#position);
    while (this.#ahead.length < ranges && this.#aheadTo < this.#state.bytes) {
      const behind = this.#aheadTo >= this.#end;
      if (behind && this.#ahead.length > 0) return;
      const to = behind ? this.#aheadTo + lineBytes : Math.min(this.#aheadTo + limits.readBytes, this.#end);
      const length = Math.min(to, this.#state.bytes) - this.#aheadTo;
      const chunk = this.#download(this.#aheadTo, length);
      chunk.catch(() => {});
      this.#ahead.push(chunk);
      this.#aheadTo += length;
    }
  }

  async read(target: Buffer, at: number): Promise<number> {
    const body = await this.#fetch(rangesAhead);
    return body === null ? 0 : this.#take(body, target, at);
  }

  /** The range at the position; null at the end of the blob, after a fault, once the signal aborts. */
  async #fetch(ranges: number): Promise<Buffer | null> {
    while (this.#body === null) {
      if (this.fault !== undefined || this.#position >= this.#state.bytes) return null;
      this.readAhead(ranges);
      const [chunk] = this.#ahead;
      if (chunk === undefined) return null;
      try {
        this.#body = await chunk;
        this.#taken = 0;
        this.#ahead.shift();
      } catch (fault) {
        if (this.#signal.aborted) return null;
        await this.#renew(fault);
      }
    }
    this.readAhead(ranges);
    return this.#body;
  }

  /** The first bytes from the position on, which stay to be read. */
  async peek(): Promise<Uint8Array> {
    const body = await this.#fetch(1);
    return body?.subarray(this.#taken) ?? Buffer.alloc(0);
  }

  /** All bytes from the position on. @throws Error with the fault, where there is one. */
  async *pieces(): AsyncGenerator<Buffer> {
    for (let body = await this.#fetch(rangesAhead); body !== null; body = await this.#fetch(rangesAhead)) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, body.length - this.#taken));
      this.#take(body, piece, 0);
      yield piece;
    }
    if (this.fault !== undefined) throw new Error(this.fault);
  }

  mark(bytes: Uint8Array, framing: Framing | undefined, ended: boolean): string {
    return formatMark({
      ended,
      replaced: this.fault !== undefined,
      etag: this.#state.etag,
      ...(framing === undefined ? {} : { framing }),
      ...(bytes.length === 0 ? {} : { tail: tailOf(bytes) }),
    });
  }

  async close(): Promise<void> {
    this.#forget();
    this.#signal.removeEventListener('abort', this.#cancel);
  }

  /**
   * Goes on behind an earlier reader's last byte, if the blob is still the one it read; if not, that is the `fault`.
   *
   * @param mark what that reader left behind.
   */
  async goOn(position: number, { etag, tail }: RangeMark): Promise<void> {
    this.seek(position);
    if (etag !== undefined && etag !== this.#state.etag) await this.#check(tail);
  }

  /** Compares the bytes before the position with those that were read. */
  async #check(tail: Tail | undefined): Promise<void> {
    const position = this.#position;
    while (this.fault === undefined) {
      if (this.#state.bytes < position) {
        this.fault = `the blob shrank to ${this.#state.bytes} bytes after ${position} had been read: what it holds now was not read`;
      }
      if (this.fault !== undefined || tail === undefined) return;
      try {
        const before = await this.#download(position - tail.length, tail.length);
        if (tailOf(before).hash === tail.hash) return;
        this.fault = `the blob was replaced after ${position} of its bytes had been read: what it holds now was not read`;
      } catch (fault) {
        await this.#refresh(fault);
      }
    }
  }

  #take(body: Buffer, target: Buffer, at: number): number {
    const taken = body.copy(target, at, this.#taken);
    this.#taken += taken;
    this.#position += taken;
    const last = target.subarray(Math.max(at, at + taken - tailBytes), at + taken);
    this.#last = Buffer.concat([this.#last, last]).subarray(-tailBytes);
    if (this.#taken === body.length) this.#giveBack();
    return taken;
  }

  #giveBack(): void {
    if (this.#body !== null) this.#buffers.give(this.#body);
    this.#body = null;
  }

  #forget(): void {
    this.#giveBack();
    this.#aheadTo = 0;
    if (this.#ahead.length === 0) return;
    this.#cancel();
    for (const chunk of this.#ahead) chunk.then((buffer) => this.#buffers.give(buffer)).catch(() => {});
    this.#ahead = [];
  }

  /** A download failed: goes on in the blob's new state, if that is why. @throws AppError for any other reason. */
  async #renew(fault: unknown): Promise<void> {
    const last = this.#last;
    this.#forget();
    await this.#refresh(fault);
    await this.#check(last.length === 0 ? undefined : tailOf(last));
  }

  async #refresh(fault: unknown): Promise<void> {
    if (statusOf(fault) !== 412 && statusOf(fault) !== 404) throw archiveError(this.#name, fault);
    const ask = (abortSignal: AbortSignal) => this.#blob.getProperties({ abortSignal });
    try {
      const { etag = '', contentLength = 0 } = await this.#gate.send(this.#signal, ask);
      this.#state = { bytes: contentLength, etag };
    } catch (cause) {
      if (statusOf(cause) !== 404) throw archiveError(this.#name, cause);
      this.fault = `the blob is gone; it had been read up to byte ${this.#position}`;
    }
  }

  readonly #cancel = (): void => {
    this.#stop?.abort();
    this.#stop = null;
  };

  /** A range as long as the blob is in the state known, whole or not at all. */
  async #download(offset: number, length: number): Promise<Buffer> {
    const { etag } = this.#state;
    const target = this.#buffers.take(length);
    const addBytes = (bytes: number) => this.#gate.addBytes(bytes);
    this.#stop ??= new AbortController();
    try {
      this.#signal.throwIfAborted();
      await this.#gate.send(this.#stop.signal, (signal) =>
        downloadRange(this.#blob, target, { offset, etag, signal }, addBytes),
      );
      return target;
    } catch (fault) {
      this.#buffers.give(target);
      throw fault;
    }
  }
}
