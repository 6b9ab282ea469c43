/** What reading an archive has cost so far. */
export interface ArchiveUsage {
  /** All requests, failed tries included. */
  readonly requests: number;
  /** Those of them that list, which cost some ten times as much as the others. */
  readonly list_requests: number;
  /** Bytes of blobs downloaded, those of failed tries included. */
  readonly downloaded: number;
}

/** What a request is charged as. */
export type RequestKind = 'list' | 'read';

/** Counts requests and bytes of all threads in one shared buffer. */
export class UsageCounter {
  /** To be handed to other threads. */
  readonly shared: SharedArrayBuffer;
  readonly #counts: BigInt64Array;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(24)) {
    this.shared = shared;
    this.#counts = new BigInt64Array(shared);
  }

  addRequest(kind: RequestKind): void {
    Atomics.add(this.#counts, 0, 1n);
    if (kind === 'list') Atomics.add(this.#counts, 2, 1n);
  }

  addBytes(bytes: number): void {
    Atomics.add(this.#counts, 1, BigInt(bytes));
  }

  get usage(): ArchiveUsage {
    const count = (index: number) => Number(Atomics.load(this.#counts, index));
    return { requests: count(0), list_requests: count(2), downloaded: count(1) };
  }
}
