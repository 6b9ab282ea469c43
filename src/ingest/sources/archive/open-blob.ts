import { Readable } from 'node:stream';
import type { Framing } from '../../source.ts';
import { type ByteReader, gunzipReader } from '../byte-reader.ts';
import { isGzip } from '../file-format.ts';
import { parseMark } from '../range-mark.ts';
import type { BlobRange } from './blob-archive.ts';
import { type BlobPlace, BlobReader } from './blob-reader.ts';

/** A range of a blob with its first bytes on their way. */
export interface OpenBlob {
  readonly reader: ByteReader;
  /** How it is framed, where that is known. */
  readonly framing?: Framing;
}

/**
 * Opens a range of a blob, plain or gzip by its first bytes, where the last commit left it.
 *
 * @throws AppError SOURCE_AUTH, SOURCE_UNAVAILABLE. A blob that is not the one read before is no error but a fault of the
 * reader.
 */
export async function openBlob(place: BlobPlace, range: BlobRange, signal: AbortSignal): Promise<OpenBlob> {
  const { bytes, etag, start, end, from } = range;
  const reader = new BlobReader(place, { bytes, etag }, end, signal);
  const mark = parseMark(range.mark);
  const framing = range.framing ?? mark.framing;
  if (framing !== undefined) {
    const amidLine = from === start && start > 0;
    if (amidLine) reader.seek(start - 1);
    else await reader.goOn(from, mark);
    reader.readAhead();
    return { reader, framing };
  }
  if (from > 0 && mark.etag !== etag) {
    reader.fault = `the gzip was replaced after ${from} of its decompressed bytes had been read: what it holds now was not read`;
    return { reader, framing: 'lines' };
  }
  if (!isGzip(await reader.peek())) return { reader };
  const compressed = Readable.from(reader.pieces()).once('close', () => reader.close());
  return { reader: gunzipReader(compressed, { etag }) };
}
