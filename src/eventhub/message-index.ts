/**
 * Where each message of a partition starts and when it was enqueued: two numbers a message, in order, so that
 * millions of messages cost tens of megabytes and any start position is a binary search.
 */
export class MessageIndex {
  #offsets = new Float64Array(1024);
  #times = new Float64Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(offset: number, enqueuedTimeMs: number): void {
    if (this.#length === this.#offsets.length) {
      this.#offsets = grown(this.#offsets);
      this.#times = grown(this.#times);
    }
    this.#offsets[this.#length] = offset;
    this.#times[this.#length] = enqueuedTimeMs;
    this.#length += 1;
  }

  /** @throws RangeError if there is no message `at`. */
  offsetAt(at: number): number {
    return this.#numberAt(this.#offsets, at);
  }

  /** @throws RangeError if there is no message `at`. */
  timeAt(at: number): number {
    return this.#numberAt(this.#times, at);
  }

  /** The first message whose offset is at or behind `offset`; `length` if there is none. */
  firstFromOffset(offset: number): number {
    return lowerBound(this.#offsets, this.#length, offset);
  }

  /** The first message enqueued at or after `timeMs`; `length` if there is none. */
  firstFromTime(timeMs: number): number {
    return lowerBound(this.#times, this.#length, timeMs);
  }

  /** Forgets the `count` oldest messages. */
  dropFirst(count: number): void {
    this.#offsets.copyWithin(0, count, this.#length);
    this.#times.copyWithin(0, count, this.#length);
    this.#length -= count;
  }

  #numberAt(numbers: Float64Array, at: number): number {
    const value = at < this.#length ? numbers[at] : undefined;
    if (value === undefined) throw new RangeError(`message ${at} of ${this.#length} is not in the index`);
    return value;
  }
}

function grown(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

function lowerBound(sorted: Float64Array, length: number, wanted: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Number.POSITIVE_INFINITY) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
