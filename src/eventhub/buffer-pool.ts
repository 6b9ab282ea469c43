/** Holds the longest transfer accepted and the annotations that the log adds to its events. */
const BUFFER_BYTES = (1 << 20) + (64 << 10);
const KEPT_MAX = 16;

/**
 * Read buffers to be used again: to allocate one per read costs more than the read, in page faults and garbage
 * collection.
 */
export class BufferPool {
  readonly #free: Buffer[] = [];

  /** A buffer of unknown content that is the caller's until it gives it back, or drops it. */
  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
  }

  /** Call once, when nothing refers to the content any more. */
  give(buffer: Buffer): void {
    if (this.#free.length < KEPT_MAX) this.#free.push(buffer);
  }
}
