import type { BlobClient } from '@azure/storage-blob';
import { limits } from '../../../core/limits.ts';
import type { Framing } from '../../source.ts';
import type { ByteReader } from '../byte-reader.ts';
import { formatMark, type RangeMark, type Tail, tailBytes, tailOf } from '../range-mark.ts';
import { archiveError, statusOf, TruncatedBody } from './archive-error.ts';
import type { RequestGate } from './request-gate.ts';

/** One blob, its name for people and the way to it. */
export interface BlobPlace {
  readonly blob: BlobClient;
  readonly name: string;
  readonly gate: RequestGate;
}

interface BlobState {
  /** Bytes it holds. */
  readonly bytes: number;
  readonly etag: string;
}

/** Ranges of one blob downloaded ahead of its reader. */
const rangesAhead = 4;
/** What is read behind the end of a range at a time: the rest of its last line. */
const lineBytes = 64 << 10;

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
  readonly #end: number;
  readonly #signal: AbortSignal;
  #stop = new AbortController();
  #state: BlobState;
  #position = 0;
  /** The bytes before `#position`, as many as a later reader checks. */
  #last: Buffer = Buffer.alloc(0);
  #ahead: Promise<readonly Buffer[]>[] = [];
  #aheadTo = 0;
  #body: Buffer[] = [];

  /** @param end byte up to which it is read ahead; what lies behind is read in small pieces, as somebody asks for it. */
  constructor(place: BlobPlace, state: BlobState, end: number | null, signal: AbortSignal) {
    this.#blob = place.blob;
    this.#name = place.name;
    this.#gate = place.gate;
    this.#state = state;
    this.#end = end ?? Number.POSITIVE_INFINITY;
    this.#signal = signal;
  }

  seek(position: number): void {
    if (position === this.#position) return;
    this.#forget();
    this.#position = position;
    this.#last = Buffer.alloc(0);
  }

  /** Begins to download from the position on, so that a reader who comes later need not wait. */
  readAhead(): void {
    this.#aheadTo = Math.max(this.#aheadTo, this.#position);
    while (this.#ahead.length < rangesAhead && this.#aheadTo < this.#state.bytes) {
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
    return (await this.#fetch()) ? this.#take(target, at) : 0;
  }

  /** Waits for the bytes at the position. @returns false at the end of the blob, after a fault, once the signal aborts. */
  async #fetch(): Promise<boolean> {
    while (this.#body.length === 0) {
      if (this.fault !== undefined || this.#position >= this.#state.bytes) return false;
      this.readAhead();
      const [chunk] = this.#ahead;
      if (chunk === undefined) return false;
      try {
        this.#body = [...(await chunk)];
        this.#ahead.shift();
        this.readAhead();
      } catch (fault) {
        if (this.#signal.aborted) return false;
        await this.#renew(fault);
      }
    }
    return true;
  }

  /** The first bytes from the position on, which stay to be read. */
  async peek(): Promise<Uint8Array> {
    await this.#fetch();
    return this.#body[0] ?? Buffer.alloc(0);
  }

  /** All bytes from the position on. @throws Error with the fault, where there is one. */
  async *pieces(): AsyncGenerator<Buffer> {
    while (await this.#fetch()) {
      const [piece] = this.#body;
      if (piece === undefined) continue;
      const copy = Buffer.allocUnsafe(piece.length);
      yield copy.subarray(0, this.#take(copy, 0));
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
        const before = Buffer.concat(await this.#download(position - tail.length, tail.length));
        if (tailOf(before).hash === tail.hash) return;
        this.fault = `the blob was replaced after ${position} of its bytes had been read: what it holds now was not read`;
      } catch (fault) {
        await this.#refresh(fault);
      }
    }
  }

  #take(target: Buffer, at: number): number {
    let taken = 0;
    while (taken < target.length - at) {
      const [piece] = this.#body;
      if (piece === undefined) break;
      const length = piece.copy(target, at + taken);
      taken += length;
      if (length === piece.length) this.#body.shift();
      else this.#body[0] = piece.subarray(length);
    }
    this.#position += taken;
    this.#last = Buffer.concat([
      this.#last,
      target.subarray(Math.max(at, at + taken - tailBytes), at + taken),
    ]).subarray(-tailBytes);
    return taken;
  }

  #forget(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#ahead = [];
    this.#body = [];
    this.#aheadTo = 0;
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

  /** A range as long as the blob is in the state known, whole or not at all. */
  #download(offset: number, length: number): Promise<readonly Buffer[]> {
    const conditions = { ifMatch: this.#state.etag };
    return this.#gate.send(AbortSignal.any([this.#signal, this.#stop.signal]), async (abortSignal) => {
      const { readableStreamBody } = await this.#blob.download(offset, length, {
        abortSignal,
        conditions,
        maxRetryRequests: 0,
      });
      const body: Buffer[] = [];
      let bytes = 0;
      for await (const piece of readableStreamBody ?? []) {
        body.push(piece as Buffer);
        bytes += piece.length;
      }
      this.#gate.addBytes(bytes);
      if (bytes !== length) throw new TruncatedBody(`a range of ${length} bytes ended after ${bytes}`);
      return body;
    });
  }
}
