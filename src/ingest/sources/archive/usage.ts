/** What reading an archive has cost so far. */
export interface ArchiveUsage {
  readonly requests: number;
  /** Bytes of blobs downloaded, those of failed tries included. */
  readonly downloaded: number;
}

/** Counts requests and bytes of all threads in one shared buffer. */
export class UsageCounter {
  /** To be handed to other threads. */
  readonly shared: SharedArrayBuffer;
  readonly #counts: BigInt64Array;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(16)) {
    this.shared = shared;
    this.#counts = new BigInt64Array(shared);
  }

  addRequest(): void {
    Atomics.add(this.#counts, 0, 1n);
  }

  addBytes(bytes: number): void {
    Atomics.add(this.#counts, 1, BigInt(bytes));
  }

  get usage(): ArchiveUsage {
    return { requests: Number(Atomics.load(this.#counts, 0)), downloaded: Number(Atomics.load(this.#counts, 1)) };
  }
}
