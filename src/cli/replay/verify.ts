import { createHash } from 'node:crypto';
import type { ByteReader } from '../../ingest/sources/byte-reader.ts';
import type { RereadLogs } from '../../ingest/sources/reread.ts';
import type { LogRead } from './logs-read.ts';

/** What became of a log since it was read. */
export interface Difference {
  readonly name: string;
  /** `changed`: other bytes now. `shorter`: some are gone. `missing`: all are. `unproved`: the manifest has no hash of some. */
  readonly difference: 'changed' | 'shorter' | 'missing' | 'unproved';
  /** Byte from which on it is so. */
  readonly at: number;
}

const bufferBytes = 1 << 20;
/** Logs read at a time. */
const logsOpenMax = 8;

/**
 * Reads logs again and compares them with their hashes.
 *
 * @param onLog is told of every log, with the bytes read of it and what is different, if anything.
 * @throws AppError SOURCE_AUTH, SOURCE_UNAVAILABLE.
 */
export async function verifyLogs(
  logs: readonly LogRead[],
  again: Pick<RereadLogs, 'open'>,
  signal: AbortSignal,
  onLog: (bytes: number, difference: Difference | null) => void,
): Promise<void> {
  const waiting = logs.values();
  const work = async () => {
    for (const log of waiting) {
      signal.throwIfAborted();
      const difference = await verifyLog(log, again);
      // A reader that is stopped ends before its log does.
      signal.throwIfAborted();
      onLog(log.bytes, difference);
    }
  };
  await Promise.all(Array.from({ length: logsOpenMax }, work));
}

async function verifyLog(log: LogRead, again: Pick<RereadLogs, 'open'>): Promise<Difference | null> {
  const { name, stretches } = log;
  const reader = await again.open(name);
  if (reader === null) return { name, difference: 'missing', at: 0 };
  try {
    const bytes = new Bytes(reader);
    let reached = 0;
    let unproved: number | null = null;
    for (const { first, next, sha256 } of stretches) {
      if (first > reached) unproved ??= reached;
      if (!(await bytes.skipTo(first))) return { name, difference: 'shorter', at: bytes.position };
      const hash = createHash('sha256');
      if (!(await bytes.hashTo(next, hash))) return { name, difference: 'shorter', at: bytes.position };
      if (hash.digest('hex') !== sha256) return { name, difference: 'changed', at: first };
      reached = next;
    }
    if (reached < log.bytes) unproved ??= reached;
    return unproved === null ? null : { name, difference: 'unproved', at: unproved };
  } finally {
    await reader.close();
  }
}

/** The bytes of a reader, one after the other. */
class Bytes {
  readonly #reader: ByteReader;
  readonly #buffer = Buffer.alloc(bufferBytes);
  #from = 0;
  #to = 0;
  position = 0;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  skipTo(position: number): Promise<boolean> {
    return this.#pass(position, () => {});
  }

  hashTo(position: number, hash: { update(bytes: Uint8Array): unknown }): Promise<boolean> {
    return this.#pass(position, (bytes) => hash.update(bytes));
  }

  /** @returns false where the bytes end before. */
  async #pass(position: number, take: (bytes: Uint8Array) => void): Promise<boolean> {
    while (this.position < position) {
      if (this.#from === this.#to) {
        this.#from = 0;
        this.#to = await this.#reader.read(this.#buffer, 0);
        if (this.#to === 0) return false;
      }
      const length = Math.min(this.#to - this.#from, position - this.position);
      take(this.#buffer.subarray(this.#from, this.#from + length));
      this.#from += length;
      this.position += length;
    }
    return true;
  }
}
