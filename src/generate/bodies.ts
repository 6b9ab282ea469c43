import { AppError } from '../core/errors.ts';

const head = '{"records":[';
const tail = ']}';

/**
 * Packs records into Event Hubs message bodies `{"records":[…]}`, as full as they get within `bytesMax` bytes of UTF-8.
 *
 * @throws AppError CONFIG_INVALID if a single record does not fit.
 */
export function* bodies(records: Iterable<string>, bytesMax: number): Generator<string> {
  let body = '';
  let bytes = 0;
  for (const record of records) {
    const recordBytes = Buffer.byteLength(record);
    const needed = head.length + recordBytes + tail.length;
    if (needed > bytesMax) {
      throw new AppError(
        'CONFIG_INVALID',
        `A record needs a body of ${needed} bytes, but bodies are limited to ${bytesMax}.`,
      );
    }
    if (bytes + 1 + recordBytes + tail.length > bytesMax || body === '') {
      if (body !== '') yield body + tail;
      body = head + record;
      bytes = head.length + recordBytes;
    } else {
      body += `,${record}`;
      bytes += 1 + recordBytes;
    }
  }
  if (body !== '') yield body + tail;
}
