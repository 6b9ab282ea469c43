import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import type { TableColumn, TableColumnSpec } from '../table.ts';
import { distinctValues } from './distinct-values.ts';
import { codedValues } from './encoded-codes.ts';
import { type EncodedValues, encodings } from './encoded-values.ts';
import { fixedExtremes } from './fixed-extremes.ts';
import { bytesOf, type FixedValues, fixedValues } from './fixed-values.ts';
import type { PresentRows } from './present-rows.ts';

/** Compression finds values that repeat, deltas do not. */
const repeatsMax = 1 / 8;
/** Deltas that save less are no better than what compression leaves. */
const deltaBytesMax = 0.9;

/** Numbers, timestamps and UUIDs: as a dictionary where they are few, as deltas where these are short, else as they are. */
export function encodeFixed(
  { spec, values: all }: Extract<TableColumn, { layout: 'fixed' }>,
  tableRows: number,
  present: PresentRows,
  kernel: PageKernel | null,
): EncodedValues {
  const type = spec.type === 'blob' ? 'utf8' : spec.type;
  const values = fixedValues(type, all, tableRows, present, kernel);
  const distinct = distinctValues(values, kernel);
  if (distinct !== null) {
    const { entries, codes } = distinct;
    return {
      extremes: fixedExtremes(type, entries, kernel),
      dictionary: { entries: entries.count, put: (sink) => sink.put(bytesOf(entries, 0, entries.count)) },
      compressible: true,
      ...codedValues(codes, entries.count, kernel),
    };
  }
  const common = { extremes: fixedExtremes(type, values, kernel), dictionary: null, starts: null };
  const deltas = packedDeltas(type, values, kernel);
  if (deltas !== null) {
    return { ...common, encoding: encodings.delta, compressible: false, put: (sink) => sink.put(deltas) };
  }
  return {
    ...common,
    encoding: encodings.plain,
    compressible: type !== 'uuid',
    put: (sink, from, to) => sink.put(bytesOf(values, from, to - from)),
  };
}

/** Integers as deltas, if a kernel makes them and they pay: JavaScript would take longer than compression does. */
function packedDeltas(
  type: TableColumnSpec['type'],
  { words, width, count }: FixedValues,
  kernel: PageKernel | null,
): Uint8Array | null {
  const fast = type === 'uuid' || type === 'float64' ? null : kernelOver(kernel, words);
  if (fast === null) return null;
  const { bytes, repeats } = fast.packDeltas(words.byteOffset, width * 4, count);
  return bytes.length <= count * width * 4 * deltaBytesMax && repeats <= count * repeatsMax ? bytes.slice() : null;
}
