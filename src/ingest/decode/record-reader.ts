import { limits } from '../../core/limits.ts';
import type { Framing } from '../source.ts';
import { readClassicLine } from './classic-log.ts';
import type { ColumnWriter } from './column-writer.ts';
import type { Decoded, Rejected } from './decoder.ts';
import { type FieldTree, isFieldTree, recordFields } from './field.ts';
import { NestingError } from './json-text.ts';
import { closingEnd, envelopeEnd, Resync, recordsStart, type Span, skipSpace } from './record-span.ts';
import type { SasRegister } from './reported-sas.ts';
import { StorageRow } from './storage-row.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Reads plain records into the same batch, faster than the reader; what it is not sure of it leaves alone. */
export interface FastPath {
  /** Makes `bytes` the input of the following runs. */
  open(bytes: Uint8Array, sourceId: bigint): void;
  /**
   * Appends the records of [at, end) one after the other, as long as it is sure.
   *
   * @param framing with `records`, commas and `[` between them are passed over.
   * @returns where the first record begins that was not taken, `end` if none.
   */
  run(at: number, end: number, framing: Framing): number;
  /** True if the last run ended because the batch has no room for a record. */
  readonly full: boolean;
  /** The last record left alone was read by the reader; `instead` if all of this input is from now on. */
  left(instead: boolean): void;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEnvelope(value: JsonObject): boolean {
  return Array.isArray(value['records']) && value['time'] === undefined;
}

function fillRow(row: StorageRow, record: JsonObject, tree: FieldTree, prefix: string): void {
  for (const name of Object.keys(record)) {
    const value = record[name];
    const field = tree.get(name);
    if (field === undefined) row.setExtra(prefix + name, value);
    else if (!isFieldTree(field)) row.set(field, value);
    else if (isObject(value)) fillRow(row, value, field, `${prefix}${name}.`);
    else if (value !== '') row.setExtra(prefix + name, value);
  }
}

const envelopeForm = /^\{[ \t\r\n]*"records"[ \t\r\n]*:[ \t\r\n]*\[/;
const headerBytes = 64;

/** Share of records, in percent, above which an input is not worth a fast path; and how many it is judged by at least. */
const leftPercentMax = 10;
const leftRecordsMin = 32;

/**
 * Finds the records in log bytes and brings each to its row: by a fast path where there is one, else by `JSON.parse`.
 *
 * `lines` and `records` differ only in where damage ends: a line is one record, one envelope or a part of an array. A
 * batch may fill up inside an array; `consumed` is then the opening brace of the next record, from which reading goes on
 * inside that array.
 */
export class RecordReader {
  readonly #writer: ColumnWriter;
  readonly #sas: SasRegister;
  readonly #fastPath: FastPath | null;
  readonly #row = new StorageRow();
  #fast: FastPath | null = null;
  #left = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #sourceId = 0n;
  #resync = new Resync(0);
  #rowsBefore = 0;
  #rejected: Rejected[] = [];

  constructor(writer: ColumnWriter, sas: SasRegister, fastPath: FastPath | null) {
    this.#writer = writer;
    this.#sas = sas;
    this.#fastPath = fastPath;
  }

  /** As `Decoder.decode`. */
  read(bytes: Uint8Array, framing: Framing, sourceId: bigint, start: number): Decoded {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#sourceId = sourceId;
    this.#resync = new Resync(bytes.length);
    this.#rejected = [];
    this.#left = 0;
    this.#fast = this.#fastPath;
    this.#fast?.open(bytes, sourceId);
    const rowsBefore = this.#writer.rows;
    this.#rowsBefore = rowsBefore;
    const consumed = framing === 'records' ? this.#region(start, bytes.length) : this.#lines(framing, start);
    this.#bytes = Buffer.alloc(0);
    return { rows: this.#writer.rows - rowsBefore, consumed: consumed ?? bytes.length, rejected: this.#rejected };
  }

  /** Each of the reading methods returns where the batch was full, null if it read to the end. */
  #lines(framing: 'lines' | 'classic', start: number): number | null {
    const bytes = this.#bytes;
    for (let at = start; at < bytes.length; ) {
      if (this.#fast !== null) {
        at = this.#fast.run(at, bytes.length, framing);
        if (this.#fast.full) return at;
        if (at >= bytes.length) break;
      }
      const newline = bytes.indexOf(0x0a, at);
      const end = newline < 0 ? bytes.length : newline;
      const full = framing === 'lines' ? this.#line(at, end) : this.#classicLine(at, end);
      if (full !== null) return full;
      at = end + 1;
    }
    return null;
  }

  #line(at: number, end: number): number | null {
    const start = skipSpace(this.#bytes, this.#skipByteOrderMark(at), end);
    if (start === end) return null;
    const record = end - start > limits.recordBytesMax ? undefined : this.#parse({ start, end });
    if (!isObject(record) || isEnvelope(record)) return this.#region(start, end);
    return this.#accept(record, { start, end }) ? null : start;
  }

  #classicLine(at: number, end: number): number | null {
    const start = this.#skipByteOrderMark(at);
    const stop = this.#bytes[end - 1] === 0x0d ? end - 1 : end;
    if (skipSpace(this.#bytes, start, end) === end) return null;
    if (stop - start > limits.recordBytesMax) {
      this.#reject(start, end, `a line of ${stop - start} bytes is longer than ${limits.recordBytesMax}`);
      return null;
    }
    const line = this.#bytes.toString('utf8', start, stop);
    return this.#append({ start, end }, () => readClassicLine(this.#row, line)) ? null : start;
  }

  /** Objects one after the other, alone, in arrays or in envelopes of arrays. */
  #region(at: number, end: number): number | null {
    const bytes = this.#bytes;
    let p = this.#skipByteOrderMark(at);
    for (;;) {
      p = this.#fast?.run(p, end, 'records') ?? skipSpace(bytes, p, end);
      if (this.#fast?.full) return p;
      if (p >= end) return null;
      const byte = bytes[p];
      if (byte === 0x2c || byte === 0x5b) p += 1;
      else if (byte === 0x5d) p = this.#afterArray(p + 1, end);
      else {
        const next = this.#object(p, end);
        if (next < 0) return p;
        p = next;
      }
    }
  }

  #afterArray(at: number, end: number): number {
    const p = skipSpace(this.#bytes, at, end);
    const inEnvelope = this.#bytes[p] === 0x2c || this.#bytes[p] === 0x7d;
    return inEnvelope ? envelopeEnd(this.#bytes, p, end) : p;
  }

  /** Reads what should be an object at `start`; returns where to go on, -1 if the batch is full. */
  #object(start: number, end: number): number {
    const bytes = this.#bytes;
    const header = bytes.toString('latin1', start, Math.min(end, start + headerBytes));
    const inEnvelope = envelopeForm.test(header) ? recordsStart(bytes, start, end) : -1;
    if (inEnvelope >= 0) return inEnvelope;
    const close = bytes[start] === 0x7b ? closingEnd(bytes, start, end) : -1;
    if (close < 0) return this.#skipDamage(start, end, 'not a JSON object');
    if (close - start > limits.recordBytesMax) return this.#skipLarge({ start, end: close }, end);
    const record = this.#parse({ start, end: close });
    if (!isObject(record) || !this.#endsRecord(close, end)) return this.#skipDamage(start, end, 'not valid JSON');
    const records = isEnvelope(record) ? recordsStart(bytes, start, end) : -1;
    if (records >= 0) return records;
    return this.#accept(record, { start, end: close }) ? close : -1;
  }

  #skipByteOrderMark(at: number): number {
    const bytes = this.#bytes;
    return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? at + 3 : at;
  }

  /** What may follow a whole record; anything else means that a brace was damaged and the record ended early. */
  #endsRecord(at: number, end: number): boolean {
    const p = skipSpace(this.#bytes, at, end);
    const byte = this.#bytes[p];
    return p >= end || byte === 0x2c || byte === 0x5d || (byte === 0x7b && p > at);
  }

  #skipLarge({ start, end }: Span, regionEnd: number): number {
    const records = recordsStart(this.#bytes, start, regionEnd);
    if (records >= 0) return records;
    this.#reject(start, end, `a record of ${end - start} bytes is longer than ${limits.recordBytesMax}`);
    return end;
  }

  #skipDamage(start: number, end: number, reason: string): number {
    const next = this.#resync.next(this.#bytes, start, end, (span) => {
      const record = this.#parse(span);
      return isObject(record) && ['time', 'category', 'operationName'].every((name) => record[name] !== undefined);
    });
    const stop = next < 0 ? end : next;
    this.#reject(start, stop, reason);
    return stop;
  }

  #parse({ start, end }: Span): unknown {
    try {
      return JSON.parse(this.#bytes.toString('utf8', start, end));
    } catch {
      return undefined;
    }
  }

  #reject(start: number, end: number, reason: string): void {
    this.#rejected.push({ start, end, reason });
    this.#countLeft();
  }

  /** A record the fast path did not take; too many of them, and the rest of the input is read without it. */
  #countLeft(): void {
    if (this.#fast === null) return;
    this.#left += 1;
    const records = this.#writer.rows - this.#rowsBefore + this.#rejected.length;
    const instead = this.#left >= leftRecordsMin && this.#left * 100 > records * leftPercentMax;
    this.#fast.left(instead);
    if (instead) this.#fast = null;
  }

  #accept(record: JsonObject, span: Span): boolean {
    return this.#append(span, () => {
      fillRow(this.#row, record, recordFields, '');
      return null;
    });
  }

  /** One record to one row or one rejected stretch; false if the batch is full and the record not taken. */
  #append({ start, end }: Span, fill: () => string | null): boolean {
    this.#row.clear(this.#sourceId);
    try {
      const reason = fill() ?? this.#row.derive();
      if (reason !== null) {
        this.#reject(start, end, reason);
        return true;
      }
    } catch (error) {
      if (!(error instanceof NestingError)) throw error;
      this.#reject(start, end, `nested deeper than ${limits.nestingMax}`);
      return true;
    }
    if (!this.#row.appendTo(this.#writer)) return false;
    this.#sas.meet(this.#row.sasSet);
    this.#countLeft();
    return true;
  }
}
