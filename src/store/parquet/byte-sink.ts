const usualBytes = 1 << 20;
const keptBytesMax = 16 << 20;

/** Bytes appended one behind the other, in memory that is used again once they have been taken. */
export class ByteSink {
  bytes: Buffer = Buffer.allocUnsafeSlow(usualBytes);
  /** Of those that have not been taken. */
  length = 0;
  #taken: number;

  /** @param position bytes that are in front of all. */
  constructor(position = 0) {
    this.#taken = position;
  }

  /** Bytes appended so far. */
  get position(): number {
    return this.#taken + this.length;
  }

  /** Forgets the bytes it has; those after them come to lie in the same memory, if that is not unusually large. */
  take(): void {
    this.#taken += this.length;
    this.length = 0;
    if (this.bytes.length > keptBytesMax) this.bytes = Buffer.allocUnsafeSlow(usualBytes);
  }

  /** Begins anew. */
  reset(): void {
    this.take();
    this.#taken = 0;
  }

  /** Makes room for so many more bytes, which may then be written to `bytes` from `length` on. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  put(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.length = this.bytes.writeUInt32LE(value, this.length);
  }

  /** Unsigned LEB128 of a number below 2^32. */
  varint(value: number): void {
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.byte((rest & 127) | 128);
    this.byte(rest);
  }

  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}
