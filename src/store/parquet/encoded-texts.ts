import type { PageKernel } from '../../core/page-kernel.ts';
import type { TableColumn } from '../table.ts';
import { putDeltas } from './delta.ts';
import { type EncodedValues, encodings } from './encoded-values.ts';
import type { PresentRows } from './present-rows.ts';
import { textExtremes } from './text-extremes.ts';
import { textsOf } from './texts.ts';

/**
 * Texts as their lengths and their bytes, which need not be taken apart for that.
 *
 * @throws Error if a text is no valid UTF-8.
 */
export function encodeTexts(
  column: Extract<TableColumn, { layout: 'utf8' }>,
  tableRows: number,
  present: PresentRows,
  kernel: PageKernel | null,
): EncodedValues {
  const kind = column.spec.type === 'blob' ? 'blob' : 'text';
  const texts = textsOf(column, tableRows, present, kind, kernel);
  const { lengths, starts, bytes } = texts;
  return {
    extremes: kind === 'text' ? textExtremes(texts, kernel) : null,
    encoding: encodings.deltaLength,
    dictionary: null,
    compressible: true,
    lengths,
    put(sink, from, to) {
      putDeltas(sink, lengths.subarray(from, to), kernel);
      sink.put(bytes.subarray(starts[from], starts[to]));
    },
  };
}
