import { limits } from '../../../core/limits.ts';

/** A range up to this size is not worth a buffer that is kept. */
const smallBytes = 64 << 10;

/**
 * Buffers into which a lane downloads ranges, used again and again.
 *
 * Kept for a while as Node's sockets give them, the pieces of a range would survive young collections, and only full ones,
 * one for each few megabytes, would free them: that cost more than downloading.
 */
export class RangeBuffers {
  readonly #free: Buffer[] = [];

  /** A buffer of so many bytes, at most `limits.readBytes`, with whatever they hold. */
  take(bytes: number): Buffer {
    if (bytes <= smallBytes) return Buffer.allocUnsafe(bytes);
    return (this.#free.pop() ?? Buffer.allocUnsafeSlow(limits.readBytes)).subarray(0, bytes);
  }

  /** Takes back a buffer that nobody reads or fills any more. */
  give(buffer: Buffer): void {
    if (buffer.length > smallBytes) this.#free.push(Buffer.from(buffer.buffer));
  }
}
