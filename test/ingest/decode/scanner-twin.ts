import { expect } from 'vitest';
import type { Batch, Column, DictionaryColumn, Utf8Column } from '../../../src/core/batch.ts';
import type { ColumnName } from '../../../src/core/columns.ts';
import type { Decoder, Rejected } from '../../../src/ingest/decode/decoder.ts';
import { ReferenceDecoder } from '../../../src/ingest/decode/resource-log.ts';
import { ScannerDecoder } from '../../../src/ingest/decode/scanner.ts';
import { scannerModule } from '../../../src/ingest/decode/scanner-module.ts';
import type { Framing } from '../../../src/ingest/source.ts';
import { rowsOf, sasRowsOf } from './rows.ts';

/** A scanner with a batch of so many rows. @param module one other than that of the build. */
export function scannerOf(rowsMax?: number, module = scannerModule()): ScannerDecoder {
  if (module === null) throw new Error('this Node has no WASM SIMD');
  return new ScannerDecoder(module, rowsMax);
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isNull(validity: Uint8Array | null, row: number): boolean {
  return validity !== null && ((validity[row >> 3]! >> (row & 7)) & 1) === 0;
}

function sameBits(a: Uint8Array | null, b: Uint8Array | null, rows: number): boolean {
  if (a === null || b === null) return a === b;
  for (let row = 0; row < rows; row++) if (isNull(a, row) !== isNull(b, row)) return false;
  return true;
}

function bytesOf({ values }: { values: ArrayBufferView }, length: number): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, length);
}

function textOf({ offsets, bytes }: { offsets: Int32Array; bytes: Uint8Array }, index: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + offsets[index]!, offsets[index + 1]! - offsets[index]!);
}

function sameTexts(a: Utf8Column, b: Utf8Column, rows: number): boolean {
  const used = b.offsets[rows]!;
  // One decoding of the whole column: every single text begins at a boundary if the other decoder's do.
  strict.decode(b.bytes.subarray(0, used));
  const offsets = (column: Utf8Column) => Buffer.from(column.offsets.buffer, column.offsets.byteOffset, 4 * (rows + 1));
  return offsets(a).equals(offsets(b)) && Buffer.compare(a.bytes.subarray(0, used), b.bytes.subarray(0, used)) === 0;
}

function sameCodes(a: DictionaryColumn, b: DictionaryColumn, rows: number): boolean {
  const partner = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    const [x, y] = [a.codes[row]!, b.codes[row]!];
    if (isNull(b.validity, row)) {
      if (y !== 0) return false;
      continue;
    }
    if (!partner.has(x)) {
      const text = textOf(b.dictionary, y);
      strict.decode(text);
      if (!textOf(a.dictionary, x).equals(text)) return false;
      partner.set(x, y);
    } else if (partner.get(x) !== y) return false;
  }
  return true;
}

function sameColumn(a: Column, b: Column, rows: number): boolean {
  if (!sameBits(a.validity, b.validity, rows)) return false;
  if (a.layout === 'utf8') return b.layout === 'utf8' && sameTexts(a, b, rows);
  if (a.layout === 'dictionary') return b.layout === 'dictionary' && sameCodes(a, b, rows);
  if (b.layout !== 'fixed') return false;
  const size = rows * (a.spec.type === 'uuid' ? 16 : a.values.BYTES_PER_ELEMENT);
  return bytesOf(a, size).equals(bytesOf(b, size));
}

/** Fails unless both batches hold the same rows: every column of every row, to the byte, and texts of valid UTF-8. */
export function expectSame(expected: Batch, actual: Batch): void {
  const names = expected.columns
    .filter((column, index) => !sameColumn(column, actual.columns[index]!, Math.min(expected.rows, actual.rows)))
    .map(({ spec }) => spec.name as ColumnName);
  if (names.length === 0 && expected.rows === actual.rows) return;
  expect({ rows: actual.rows, odd: rowsOf(actual, names) }).toEqual({
    rows: expected.rows,
    odd: rowsOf(expected, names),
  });
  expect.fail(`same values, other bytes in ${names.join(', ')}`);
}

function shown(bytes: Uint8Array, rejected: readonly Rejected[]): string[] {
  return rejected.map(
    ({ start, end, reason }) => `${start}-${end} ${reason} ${Buffer.from(bytes.subarray(start, end))}`,
  );
}

const newline = Buffer.from('\n');
const comma = Buffer.from(',');
/** Few enough that the scanner never gives a whole input up. */
const recordsPerInput = 24;
const checkedRowsMin = 2 * 1024;

function framed(records: readonly Uint8Array[], framing: Framing): Buffer {
  if (framing !== 'records') return Buffer.concat(records.flatMap((record) => [record, newline]));
  const joined = records.flatMap((record) => [comma, record]).slice(1);
  return Buffer.concat([Buffer.from('{"records":['), ...joined, Buffer.from(']}')]);
}

/** The scanner beside its twin. Both get the same input; `check` compares the rows gathered so far. */
export class Twins {
  readonly reference: Decoder;
  readonly scanner: Decoder;

  /** @param module a scanner other than the one of the build. */
  constructor(rowsMax?: number, module = scannerModule()) {
    this.reference = new ReferenceDecoder(rowsMax);
    this.scanner = scannerOf(rowsMax, module);
  }

  /** Decodes an input that fits the batch. */
  feed(input: string | Uint8Array, framing: Framing, start = 0): void {
    const bytes = Buffer.from(input);
    const expected = this.reference.decode(bytes, framing, 7n, start);
    const actual = this.scanner.decode(bytes, framing, 7n, start);
    if (expected.consumed !== actual.consumed || expected.rows !== actual.rows) {
      expect({ ...actual, input: bytes.toString() }).toEqual({ ...expected, input: bytes.toString() });
    }
    expect(shown(bytes, actual.rejected)).toEqual(shown(bytes, expected.rejected));
  }

  /** Decodes and compares records as lines and, since a line feed is white space there, as bodies; or in other framings. */
  feedAll(records: readonly Uint8Array[], framings: readonly Framing[] = ['lines', 'records']): void {
    for (let at = 0; at < records.length; at += recordsPerInput) {
      const some = records.slice(at, at + recordsPerInput);
      for (const framing of framings) this.feed(framed(some, framing), framing);
      if (this.scanner.rows > checkedRowsMin) this.check();
    }
    this.check();
  }

  check(): void {
    expectSame(this.reference.batch(), this.scanner.batch());
    expect(sasRowsOf(this.scanner.newSas())).toEqual(sasRowsOf(this.reference.newSas()));
    this.reference.reset();
    this.scanner.reset();
  }
}
