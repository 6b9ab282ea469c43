import { crc32 } from 'node:zlib';

/**
 * A record of the log, little-endian:
 *
 * ```
 *  0  u32  length of the message
 *  4  u32  crc32 of bytes 8 to the end of the record
 *  8  u64  sequence number
 * 16  u64  enqueued time, milliseconds since 1970
 * 24  ...  message, as consumers get it
 * ```
 */
export const RECORD_HEADER_BYTES = 24;

/** Longest message a record can hold; a longer length is damage. */
export const RECORD_MESSAGE_BYTES_MAX = 2 << 20;

export interface RecordFields {
  readonly sequenceNumber: number;
  readonly enqueuedTimeMs: number;
}

/** The record as parts to be written one behind the other; `message` is borrowed until they are. */
export function frameRecord(fields: RecordFields, message: readonly Buffer[]): Buffer[] {
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  header.writeUInt32LE(byteLength(message), 0);
  header.writeBigUInt64LE(BigInt(fields.sequenceNumber), 8);
  header.writeBigUInt64LE(BigInt(fields.enqueuedTimeMs), 16);
  let checksum = crc32(header.subarray(8));
  for (const part of message) checksum = crc32(part, checksum);
  header.writeUInt32LE(checksum, 4);
  return [header, ...message];
}

/** Total length of a record whose first bytes are at `at`, or `undefined` if they are cut or no record starts there. */
export function recordLength(bytes: Buffer, at: number): number | undefined {
  if (at + RECORD_HEADER_BYTES > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at);
  return length === 0 || length > RECORD_MESSAGE_BYTES_MAX ? undefined : RECORD_HEADER_BYTES + length;
}

/** The fields of the record at `at`, or `undefined` if it is cut, damaged or none. */
export function readRecord(bytes: Buffer, at: number): (RecordFields & { readonly length: number }) | undefined {
  const length = recordLength(bytes, at);
  if (length === undefined || at + length > bytes.length) return undefined;
  if (crc32(bytes.subarray(at + 8, at + length)) !== bytes.readUInt32LE(at + 4)) return undefined;
  return {
    length,
    sequenceNumber: Number(bytes.readBigUInt64LE(at + 8)),
    enqueuedTimeMs: Number(bytes.readBigUInt64LE(at + 16)),
  };
}

export function byteLength(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
