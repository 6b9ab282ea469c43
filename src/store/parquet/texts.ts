import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import type { Utf8Column } from '../../core/batch.ts';
import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import type { PresentRows } from './present-rows.ts';

/** Texts one behind the other. */
export interface Texts {
  readonly lengths: Uint32Array<ArrayBuffer>;
  /** Where each begins in `bytes`, and where the last ends. */
  readonly starts: Int32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type TextRuns = Pick<Utf8Column, 'offsets' | 'bytes'>;

/**
 * The texts of the present rows, put together where they lie apart.
 *
 * @param tableRows how many texts there are.
 * @throws Error if a text is no valid UTF-8, which no reader could read, runs backwards or out of the bytes.
 */
export function textsOf(
  runs: TextRuns,
  tableRows: number,
  present: PresentRows,
  kind: 'text' | 'blob',
  kernel: PageKernel | null,
): Texts {
  const { offsets, bytes } = runs;
  const [first, last] = [offsets[0] ?? 0, offsets[tableRows] ?? -1];
  assert(first >= 0 && first <= last && last <= bytes.length, 'offsets lie within the bytes');
  const isText = kind === 'text';
  if (isText && !isUtf8(bytes.subarray(first, last))) throw invalidText();
  const { levels, rows } = present;
  const fast = kernelOver(kernel, offsets, bytes, rows ?? bytes);
  const [at, bytesAt] = [offsets.byteOffset, bytes.byteOffset];
  if (rows === null && levels === null) {
    const lengths = fast?.textLengths(at, tableRows, bytesAt, last, isText) ?? null;
    if (lengths !== null) return { lengths, starts: offsets, bytes };
  } else {
    const found = fast?.presentTexts(at, present.count, bytesAt, last, isText) ?? null;
    if (found !== null) return { ...found, bytes };
  }
  assertRuns(runs, tableRows, last, isText);
  return together(runs, present);
}

function assertRuns({ offsets, bytes }: TextRuns, count: number, last: number, isText: boolean): void {
  for (let at = 0; at < count; at++) {
    const [start, end] = [offsets[at] ?? 0, offsets[at + 1] ?? 0];
    if (end < start || end > last) throw new RangeError(`text ${at} runs from byte ${start} to ${end}`);
    // Within valid UTF-8 a text is valid too unless it begins inside a character.
    if (isText && end > start && ((bytes[start] ?? 0) & 0xc0) === 0x80) throw invalidText();
  }
}

function together({ offsets, bytes }: TextRuns, { rows, count }: PresentRows): Texts {
  const lengths = new Uint32Array(count);
  const starts = new Int32Array(count + 1);
  const first = offsets[rows?.[0] ?? 0] ?? 0;
  let apart = false;
  let sum = 0;
  for (let at = 0; at < count; at++) {
    const row = rows === null ? at : (rows[at] ?? 0);
    const start = offsets[row] ?? 0;
    const length = (offsets[row + 1] ?? 0) - start;
    if (start !== first + sum) apart = true;
    lengths[at] = length;
    sum += length;
    starts[at + 1] = sum;
  }
  if (!apart) return { lengths, starts, bytes: bytes.subarray(first, first + sum) };
  const joined = new Uint8Array(sum);
  for (let at = 0; at < count; at++) {
    const row = rows === null ? at : (rows[at] ?? 0);
    joined.set(bytes.subarray(offsets[row], offsets[row + 1]), starts[at]);
  }
  return { lengths, starts, bytes: joined };
}

function invalidText(): TypeError {
  return new TypeError('a text is not valid UTF-8');
}
