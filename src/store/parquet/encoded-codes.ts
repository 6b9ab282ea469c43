import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import type { TableColumn } from '../table.ts';
import { assertCode, placeIn } from '../vector-memory.ts';
import { type EncodedValues, encodings } from './encoded-values.ts';
import { codeWidth, putHybrid } from './hybrid.ts';
import { putPlainTexts } from './plain-texts.ts';
import type { PresentRows } from './present-rows.ts';
import { textExtremes } from './text-extremes.ts';
import { type Texts, textsOf } from './texts.ts';

type Codes = Uint16Array<ArrayBuffer>;

/**
 * The codes and the dictionary of a column as they are.
 *
 * @throws Error if a text is no valid UTF-8, a code has none, or the column is shorter than the table.
 */
export function encodeCodes(
  { codes, dictionary }: Extract<TableColumn, { layout: 'dictionary' }>,
  tableRows: number,
  present: PresentRows,
  kernel: PageKernel | null,
): EncodedValues {
  const { length } = dictionary;
  placeIn(codes, 0, 2 * tableRows);
  if (length === 0) return noValues;
  const gathered = presentCodes(codes, present, kernel);
  const { largest, marks } =
    kernelOver(kernel, gathered)?.markCodes(gathered.byteOffset, gathered.length) ?? mark(gathered);
  assertCode(largest, length);
  const texts = textsOf(dictionary, length, { levels: null, rows: null, count: length }, 'text', kernel);
  return {
    extremes: textExtremes(usedTexts(texts, marks, largest), kernel),
    dictionary: { entries: length, put: (sink) => putPlainTexts(sink, texts, null, kernel) },
    compressible: true,
    ...codedValues(gathered, length, kernel),
  };
}

/** Of a column that is null in every row. */
export const noValues: EncodedValues = {
  extremes: null,
  encoding: encodings.plain,
  dictionary: null,
  compressible: false,
  starts: null,
  put: () => undefined,
};

/** Codes into a dictionary of so many entries. */
export function codedValues(
  codes: Codes,
  entries: number,
  kernel: PageKernel | null,
): Pick<EncodedValues, 'encoding' | 'starts' | 'put'> {
  const width = codeWidth(entries);
  return {
    encoding: encodings.dictionary,
    starts: null,
    put(sink, from, to) {
      sink.byte(width);
      putHybrid(sink, codes.subarray(from, to), width, kernel);
    },
  };
}

function presentCodes(codes: Codes, { rows, count }: PresentRows, kernel: PageKernel | null): Codes {
  if (rows === null) return codes.subarray(0, count);
  const at = kernelOver(kernel, codes, rows)?.gatherPresent(codes.byteOffset, 2, count);
  if (at !== undefined) return new Uint16Array(codes.buffer, at, count);
  const gathered = new Uint16Array(count);
  for (let i = 0; i < count; i++) gathered[i] = codes[rows[i] ?? 0] ?? 0;
  return gathered;
}

function mark(codes: Codes): { largest: number; marks: Uint8Array } {
  const marks = new Uint8Array(0x1_0000);
  let largest = 0;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    marks[code] = 1;
    if (code > largest) largest = code;
  }
  return { largest, marks };
}

/** The texts of codes that occur. */
function usedTexts({ lengths, starts, bytes }: Texts, marks: Uint8Array, largest: number): Texts {
  const rows: number[] = [];
  for (let code = 0; code <= largest; code++) if (marks[code] === 1) rows.push(code);
  if (rows.length === lengths.length) return { lengths, starts, bytes };
  const present = { levels: null, rows: Uint32Array.from(rows), count: rows.length };
  return textsOf({ offsets: starts, bytes }, lengths.length, present, 'blob', null);
}
