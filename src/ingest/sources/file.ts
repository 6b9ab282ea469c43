import { limits } from '../../core/limits.ts';
import type { Delivery, Source } from '../source.ts';
import type { SourceDeps, SourceWork } from './assignment.ts';
import { openBytes } from './byte-reader.ts';
import { headBytes } from './file-format.ts';
import type { ByteRange } from './range.ts';
import { RangeCutter } from './range-cutter.ts';

export interface FileAssignment {
  readonly kind: 'file';
}

/** A stretch of one file. */
export interface FileRange extends ByteRange {
  readonly kind: 'file';
  readonly path: string;
  /** Bytes of the file as listed; 0 where that says nothing of what there is to read: gzip, standard input. */
  readonly bytes: number;
}

export const fileSource = 'file';

/** Log files, one range after the other as the coordinator hands them out. */
export class FileSource implements Source {
  readonly kind = fileSource;
  readonly #nextWork: SourceDeps['nextWork'];

  constructor({ nextWork }: SourceDeps) {
    this.#nextWork = nextWork;
  }

  async *read(signal: AbortSignal): AsyncGenerator<Delivery> {
    let finished: SourceWork | null = null;
    while (!signal.aborted) {
      const range: SourceWork | null = await this.#nextWork(finished);
      if (range?.kind !== fileSource) return;
      let reached = range.from;
      for await (const delivery of deliveries(range, signal)) {
        reached = Number(delivery.to.offset);
        yield delivery;
      }
      finished = { ...range, reached };
    }
  }
}

/** Most files of an archive are small; a large buffer for each would keep the garbage collector busy. */
function bufferFor({ bytes, from }: FileRange): number {
  return bytes === 0 ? limits.readBytes : Math.min(limits.readBytes, Math.max(headBytes, bytes - from + 2));
}

/**
 * The frames of one range, in order.
 *
 * @param readBytes bytes read at a time; a longer frame makes the buffer grow up to what its framing allows.
 */
export async function* deliveries(
  range: FileRange,
  signal: AbortSignal,
  readBytes: number = bufferFor(range),
): AsyncGenerator<Delivery> {
  const reader = await openBytes(range.path);
  try {
    yield* new RangeCutter(range, reader, { source: fileSource, readBytes }).deliveries(signal);
  } finally {
    await reader.close();
  }
}
