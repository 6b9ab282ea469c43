import type { PageKernel } from '../../core/page-kernel.ts';
import type { TableColumn, TableColumnSpec } from '../table.ts';
import { ByteSink } from './byte-sink.ts';
import { ColumnPages } from './column-pages.ts';
import { encodeCodes } from './encoded-codes.ts';
import { encodeFixed } from './encoded-fixed.ts';
import { encodeTexts } from './encoded-texts.ts';
import { type EncodedValues, encodings } from './encoded-values.ts';
import { putHybrid, putRun } from './hybrid.ts';
import { type Order, type PresentRows, presentRows } from './present-rows.ts';
import { physicalType } from './schema.ts';
import { statistics } from './statistics.ts';
import { ThriftStruct } from './thrift-struct.ts';

/** A page of texts ends where it has so many bytes: readers decompress a page at a time. */
const textPageBytes = 1 << 20;

const page = new ByteSink();

/**
 * Appends a column of a table that has rows to a file.
 *
 * @returns the Thrift struct `ColumnChunk`.
 * @throws Error if a text is no valid UTF-8, or the column shorter than the table.
 */
export function putColumnChunk(
  file: ByteSink,
  column: TableColumn,
  tableRows: number,
  order: Order,
  kernel: PageKernel | null,
): ThriftStruct {
  const present = presentRows(column.validity, tableRows, order, kernel);
  const values = encodeValues(column, tableRows, present, kernel);
  return putEncodedChunk(file, column.spec, tableRows, { present, values, kernel });
}

/** The same of a column of so many rows whose values are encoded. */
export function putEncodedChunk(
  file: ByteSink,
  spec: TableColumnSpec,
  rows: number,
  {
    present,
    values,
    kernel,
  }: { readonly present: PresentRows; readonly values: EncodedValues; readonly kernel: PageKernel | null },
): ThriftStruct {
  const start = file.position;
  const { dictionary, encoding } = values;
  const pages = new ColumnPages(file, values.compressible);
  if (dictionary !== null) {
    page.reset();
    dictionary.put(page);
    pages.putDictionary(page.written(), dictionary.entries);
  }
  const dataStart = file.position;
  for (const { from, to, fromValue, toValue } of pageSpans(values.starts, rows, present)) {
    page.reset();
    putLevels(present, from, to, kernel);
    values.put(page, fromValue, toValue);
    pages.putData(page.written(), to - from, encoding);
  }
  const used = dictionary === null ? [encodings.rle, encoding] : [encodings.plain, encodings.rle, encoding];
  const metadata = new ThriftStruct()
    .i32(1, physicalType(spec))
    .i32s(2, used)
    .binaries(3, [spec.name])
    .i32(4, pages.codec)
    .i64(5, rows)
    .i64(6, pages.bytes.raw)
    .i64(7, pages.bytes.stored)
    .i64(9, dataStart);
  if (dictionary !== null) metadata.i64(11, start);
  metadata.struct(12, statistics(rows - present.count, values.extremes));
  return new ThriftStruct().i64(2, start).struct(3, metadata);
}

function encodeValues(
  column: TableColumn,
  tableRows: number,
  present: PresentRows,
  kernel: PageKernel | null,
): EncodedValues {
  switch (column.layout) {
    case 'dictionary':
      return encodeCodes(column, tableRows, present, kernel);
    case 'utf8':
      return encodeTexts(column, tableRows, present, kernel);
    case 'fixed':
      return encodeFixed(column, tableRows, present, kernel);
  }
}

/** Rows of a page, and which of the values they have. */
interface PageSpan {
  readonly from: number;
  readonly to: number;
  readonly fromValue: number;
  readonly toValue: number;
}

function* pageSpans(starts: Int32Array | null, rows: number, { levels, count }: PresentRows): Generator<PageSpan> {
  for (let from = 0, fromValue = 0; from < rows; ) {
    const toValue = starts === null ? count : pageEnd(starts, fromValue, count);
    const to = toValue === count ? rows : rowBehind(levels, from, toValue - fromValue);
    yield { from, to, fromValue, toValue };
    [from, fromValue] = [to, toValue];
  }
}

/** The first value from one on behind which there are enough bytes for a page, or `count`. */
function pageEnd(starts: Int32Array, from: number, count: number): number {
  const full = (starts[from] ?? 0) + textPageBytes;
  let [low, high] = [from + 1, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) < full) low = middle + 1;
    else high = middle;
  }
  return high;
}

/** The row behind that of the last of so many values. */
function rowBehind(levels: Uint16Array | null, from: number, values: number): number {
  if (levels === null) return from + values;
  let row = from;
  for (let left = values; left > 0; row++) left -= levels[row] ?? 0;
  return row;
}

/** Which rows of a page have a value, with the length of that before it. */
function putLevels({ levels, count }: PresentRows, from: number, to: number, kernel: PageKernel | null): void {
  page.uint32(0);
  if (levels === null) {
    putRun(page, to - from, count === 0 ? 0 : 1);
  } else putHybrid(page, levels.subarray(from, to), 1, kernel);
  page.bytes.writeUInt32LE(page.length - 4, 0);
}
