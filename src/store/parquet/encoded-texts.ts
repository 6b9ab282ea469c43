import type { PageKernel } from '../../core/page-kernel.ts';
import type { TableColumn } from '../table.ts';
import { putDeltas } from './delta.ts';
import { distinctTexts } from './distinct-texts.ts';
import { codedValues } from './encoded-codes.ts';
import { type EncodedValues, encodings } from './encoded-values.ts';
import { putPlainTexts } from './plain-texts.ts';
import type { PresentRows } from './present-rows.ts';
import { putSuffixes, sharedPrefixes } from './shared-prefixes.ts';
import { textExtremes } from './text-extremes.ts';
import { textsOf } from './texts.ts';

/** Of so many texts up to any, one may be new where a dictionary pays. Sketches are long, and those of a token come first that differ. */
const oneIn = { text: 4, blob: 1 } as const;
/** What texts have to share with those before them: less of it, compression finds as soon. */
const sharedMin = 0.4;

/**
 * Texts as a dictionary where they are few, without what they share with the text before where that is much, else as
 * their lengths and their bytes, which need not be taken apart for that.
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
  const common = { extremes: kind === 'text' ? textExtremes(texts, kernel) : null, compressible: true };
  const distinct = distinctTexts(texts, oneIn[kind], kernel);
  if (distinct !== null) {
    const { rows, codes } = distinct;
    return {
      ...common,
      dictionary: { entries: rows.length, put: (sink) => putPlainTexts(sink, texts, rows, kernel) },
      ...codedValues(codes, rows.length, kernel),
    };
  }
  const prefixes = kind === 'text' ? sharedPrefixes(texts, kernel) : null;
  if (prefixes !== null && prefixes.shared > sharedMin * ((starts[lengths.length] ?? 0) - (starts[0] ?? 0))) {
    return {
      ...common,
      encoding: encodings.deltaText,
      dictionary: null,
      starts,
      put: (sink, from, to) => putSuffixes(sink, texts, prefixes, { from, to }, kernel),
    };
  }
  return {
    ...common,
    encoding: encodings.deltaLength,
    dictionary: null,
    starts,
    put(sink, from, to) {
      putDeltas(sink, lengths.subarray(from, to), kernel);
      sink.put(bytes.subarray(starts[from], starts[to]));
    },
  };
}
