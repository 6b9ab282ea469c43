import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { byteLength, RECORD_HEADER_BYTES, RECORD_MESSAGE_BYTES_MAX, type RecordFields, readRecord } from './record.ts';

/** Large enough for the longest record, so that every read of the scan holds at least one. */
const SCAN_BYTES = 2 * (RECORD_MESSAGE_BYTES_MAX + RECORD_HEADER_BYTES);

/**
 * One file of a partition's log, named by what its first record has: `<offset>-<sequence number>.log`. Offsets run
 * on from file to file.
 */
export class SegmentFile {
  readonly baseOffset: number;
  readonly baseSequenceNumber: number;
  readonly #path: string;
  readonly #file: FileHandle;
  #end: number;

  private constructor(path: string, file: FileHandle, baseOffset: number, baseSequenceNumber: number) {
    this.#path = path;
    this.#file = file;
    this.baseOffset = baseOffset;
    this.baseSequenceNumber = baseSequenceNumber;
    this.#end = baseOffset;
  }

  /** Opens the file, or makes it, and its name durable. Call `scan` before anything else on a file that was there. */
  static async open(folder: string, baseOffset: number, baseSequenceNumber: number): Promise<SegmentFile> {
    const path = join(folder, `${digits(baseOffset)}-${digits(baseSequenceNumber)}.log`);
    const file = await open(path, 'a+').then(async (created) => {
      await created.close();
      return open(path, 'r+');
    });
    await syncFolder(folder);
    return new SegmentFile(path, file, baseOffset, baseSequenceNumber);
  }

  /** The base offset and base sequence number in a file name, or `undefined` if it is no segment's. */
  static parseName(name: string): { baseOffset: number; baseSequenceNumber: number } | undefined {
    const match = /^(\d{20})-(\d{20})\.log$/.exec(name);
    return match ? { baseOffset: Number(match[1]), baseSequenceNumber: Number(match[2]) } : undefined;
  }

  /** Offset behind the last durable record. */
  get end(): number {
    return this.#end;
  }

  get byteLength(): number {
    return this.#end - this.baseOffset;
  }

  /**
   * Checks every record and reports it in order, up to the first that is cut or damaged.
   *
   * @returns how many bytes follow the last good record.
   */
  async scan(onRecord: (offset: number, fields: RecordFields) => void): Promise<number> {
    const { size } = await this.#file.stat();
    const buffer = Buffer.allocUnsafeSlow(Math.min(SCAN_BYTES, size));
    let sequenceNumber = this.baseSequenceNumber;
    for (let at = 0; at < size; ) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at);
      const bytes = buffer.subarray(0, bytesRead);
      let used = 0;
      for (let record = readRecord(bytes, 0); record !== undefined; record = readRecord(bytes, used)) {
        if (record.sequenceNumber !== sequenceNumber) break;
        onRecord(this.baseOffset + at + used, record);
        sequenceNumber += 1;
        used += record.length;
      }
      if (used === 0) break;
      at += used;
      this.#end = this.baseOffset + at;
    }
    return size - this.byteLength;
  }

  /** Removes what follows the last good record: the remains of a write that was never accepted. */
  async cutTail(): Promise<void> {
    await this.#file.truncate(this.byteLength);
    await this.#file.datasync();
  }

  /**
   * Writes behind the last record and returns when the bytes are on disk.
   *
   * @throws the system error, after which the file is as it was before the call.
   */
  async append(parts: readonly Buffer[]): Promise<void> {
    const length = byteLength(parts);
    try {
      const { bytesWritten } = await this.#file.writev(parts, this.byteLength);
      if (bytesWritten !== length) throw new Error(`${bytesWritten} of ${length} bytes were written, disk full?`);
      await this.#file.datasync();
    } catch (error) {
      await this.cutTail();
      throw error;
    }
    this.#end += length;
  }

  /** Reads the bytes between two offsets of this file to the start of `into`. */
  async read(from: number, to: number, into: Buffer): Promise<void> {
    const { bytesRead } = await this.#file.read(into, 0, to - from, from - this.baseOffset);
    if (bytesRead !== to - from) {
      throw new AppError('REPLAY_INTEGRITY', `${this.#path} ends before offset ${to}; was it changed from outside?`);
    }
  }

  /** Ends after reads under way. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  async remove(): Promise<void> {
    await unlink(this.#path);
    await this.close();
  }

  describe(): string {
    return this.#path;
  }
}

function digits(value: number): string {
  return String(value).padStart(20, '0');
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
