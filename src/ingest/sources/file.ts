import { limits } from '../../core/limits.ts';
import type { Delivery, Framing, Source } from '../source.ts';
import type { SourceDeps, SourceWork } from './assignment.ts';
import { FileReader, openBytes } from './byte-reader.ts';
import type { ByteRange } from './range.ts';
import { RangeCutter } from './range-cutter.ts';

export interface FileAssignment {
  readonly kind: 'file';
}

/** A stretch of one file. */
export interface FileRange extends ByteRange {
  readonly kind: 'file';
  readonly path: string;
  /** How a plain file is framed, as its listing saw; absent: its first bytes have to be looked at. */
  readonly framing?: Framing;
}

export const fileSource = 'file';

/** Log files, one range after the other as the coordinator hands them out. */
export class FileSource implements Source {
  readonly kind = fileSource;
  readonly #nextWork: SourceDeps['nextWork'];
  readonly #buffer: Buffer;

  constructor({ nextWork, buffer = Buffer.allocUnsafeSlow(limits.readBytes) }: SourceDeps) {
    this.#nextWork = nextWork;
    this.#buffer = buffer;
  }

  async *read(signal: AbortSignal): AsyncGenerator<Delivery> {
    let finished: SourceWork | null = null;
    while (!signal.aborted) {
      const range: SourceWork | null = await this.#nextWork(finished);
      if (range?.kind !== fileSource) return;
      let reached = range.from;
      for await (const delivery of deliveries(range, signal, this.#buffer)) {
        reached = Number(delivery.to.offset);
        yield delivery;
      }
      finished = { ...range, reached };
    }
  }
}

/** The frames of one range, in order, read into `buffer`. */
export async function* deliveries(range: FileRange, signal: AbortSignal, buffer: Buffer): AsyncGenerator<Delivery> {
  const { path, framing } = range;
  const reader = framing === undefined ? await openBytes(path, signal) : new FileReader(path);
  try {
    const options = { source: fileSource, buffer, ...(framing === undefined ? {} : { framing }) };
    yield* new RangeCutter(range, reader, options).deliveries(signal);
  } finally {
    await reader.close();
  }
}
