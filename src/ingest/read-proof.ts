import { createHash, type Hash } from 'node:crypto';
import type { Partition, ReadStretch } from '../core/position.ts';
import type { Delivery } from './source.ts';

interface Open extends Partition {
  readonly first: bigint;
  next: bigint;
  readonly hash: Hash;
}

/**
 * Hashes what a lane reads, stretch by stretch: a stretch is a run of one partition without a gap, from where this lane began
 * on it. It grows from commit to commit, so that a log that was read without interruption is one stretch.
 */
export class ReadProof {
  #open: Open | null = null;
  /** Stretches with bytes that no commit has yet. */
  readonly #touched = new Set<Open>();

  /** Takes in a delivery of a stored log: its positions count bytes. */
  add({ bytes, to }: Pick<Delivery, 'bytes' | 'to'>): void {
    if (bytes.length === 0) return;
    const { source, partition, offset: next } = to;
    const first = next - BigInt(bytes.length);
    const goesOn = this.#open?.source === source && this.#open.partition === partition && this.#open.next === first;
    const open = goesOn && this.#open ? this.#open : { source, partition, first, next, hash: createHash('sha256') };
    open.next = next;
    open.hash.update(bytes);
    this.#open = open;
    this.#touched.add(open);
  }

  /** The stretches as far as they have been read, those that grew since the last call. */
  take(): ReadStretch[] {
    const grown = [...this.#touched].map(({ source, partition, first, next, hash }) => {
      return { source, partition, first, next, sha256: hash.copy().digest('hex') };
    });
    this.#touched.clear();
    return grown;
  }
}
