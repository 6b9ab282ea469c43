import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import type { Texts } from './texts.ts';

/** A dictionary is held in memory by whoever reads the column. */
const entriesMax = 16_384;
const entryBytesMax = 4 << 20;
/** Beyond so many, texts of which too many are new are given up. */
const tried = 1_024;

/** Texts as codes into those that differ, in the order of their first rows. */
export interface DistinctTexts {
  /** First row of each. */
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly codes: Uint16Array<ArrayBuffer>;
}

/** @param oneIn of so many texts up to any, one may be new. @returns null where a dictionary does not pay. */
export function distinctTexts(texts: Texts, oneIn: number, kernel: PageKernel | null): DistinctTexts | null {
  const { starts, bytes, lengths } = texts;
  const most = Math.min(entriesMax, lengths.length >> 1);
  if (most === 0) return null;
  const fast = kernelOver(kernel, starts, bytes);
  if (fast === null) return findDistinct(texts, most, oneIn);
  return fast.distinctTexts(starts.byteOffset, lengths.length, bytes.byteOffset, most, oneIn, entryBytesMax);
}

function findDistinct({ starts, bytes, lengths }: Texts, most: number, oneIn: number): DistinctTexts | null {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const codeOf = new Map<string, number>();
  const rows = new Uint32Array(most);
  const codes = new Uint16Array(lengths.length);
  let entryBytes = 0;
  for (let row = 0; row < lengths.length; row++) {
    const text = latin.toString('latin1', starts[row], starts[row + 1]);
    let code = codeOf.get(text);
    if (code === undefined) {
      code = codeOf.size;
      entryBytes += text.length;
      if (code === most || entryBytes > entryBytesMax || (code >= tried && code * oneIn > row)) return null;
      rows[code] = row;
      codeOf.set(text, code);
    }
    codes[row] = code;
  }
  return { rows: rows.subarray(0, codeOf.size), codes };
}
