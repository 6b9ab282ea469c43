import type { Batch } from '../core/batch.ts';
import { limits } from '../core/limits.ts';
import { suffixBytesMax, suffixesDiffer, suffixSpec } from './rollup-columns.ts';
import { isSuccess } from './rollup-counts.ts';
import type { RowGroups } from './rollup-groups.ts';
import type { RollupTraits } from './rollup-traits.ts';
import { dictionaryColumn, fixedColumn, isValid, type TableColumn, utf8Column } from './table.ts';

const [dot, slash] = ['.', '/'].map((text) => text.charCodeAt(0));

/** Where the suffix of a name begins, behind its last dot; its end where no dot is in its last part. */
function suffixStart(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start && bytes[at] !== slash; at--) if (bytes[at] === dot) return at + 1;
  return end;
}

/** Of each group the suffix of all names that it wrote: `suffixBytesMax` bytes, as `Condensed` has them. */
export function rollupSuffixes(
  batch: Batch,
  { count, groupOf }: RowGroups,
  counted: Uint8Array,
  { isWrite }: RollupTraits,
): Uint8Array<ArrayBuffer> {
  const suffixes = new Uint8Array(count * suffixBytesMax);
  const { validity, bytes, offsets } = utf8Column(batch, 'object_key');
  const operationClass = dictionaryColumn(batch, 'operation_class');
  const status = fixedColumn(batch, 'status_code');
  for (let row = 0; row < batch.rows; row++) {
    const isWritten = counted[row] === 1 && isWrite[operationClass.codes[row] ?? 0] === 1 && isValid(validity, row);
    if (!isWritten || !isValid(status.validity, row) || !isSuccess(Number(status.values[row]))) continue;
    const end = offsets[row + 1] ?? 0;
    const suffix = bytes.subarray(suffixStart(bytes, offsets[row] ?? 0, end), end);
    if (suffix.length === 0) continue;
    const at = (groupOf[row] ?? 0) * suffixBytesMax;
    const known = suffixes.subarray(at, at + suffixBytesMax);
    if (suffix.length > suffixBytesMax || suffix.includes(0)) known[0] = suffixesDiffer;
    else if (known[0] === 0) known.set(suffix);
    else if (known.some((byte, place) => byte !== (suffix[place] ?? 0))) known[0] = suffixesDiffer;
  }
  return suffixes;
}

/** The same as a column: '' where no name that was written has one, null where they differ. */
export function suffixColumn(suffixes: Uint8Array<ArrayBuffer>): TableColumn {
  const groups = suffixes.length / suffixBytesMax;
  const texts = Buffer.from(suffixes.buffer, suffixes.byteOffset, suffixes.length);
  const codes = new Uint16Array(groups);
  const validity = new Uint8Array((groups + 7) >> 3);
  const codeOf = new Map([['', 0]]);
  for (let group = 0; group < groups; group++) {
    const at = group * suffixBytesMax;
    if (texts[at] === suffixesDiffer) continue;
    let end = texts[at] === 0 ? at : at + suffixBytesMax;
    while (texts[end - 1] === 0 && end > at) end--;
    const text = texts.toString('latin1', at, end);
    const code = codeOf.get(text) ?? codeOf.size;
    if (code === limits.dictionaryEntriesMax) continue;
    codeOf.set(text, code);
    codes[group] = code;
    validity[group >> 3] = (validity[group >> 3] ?? 0) | (1 << (group & 7));
  }
  const offsets = new Int32Array(codeOf.size + 1);
  for (const [text, code] of codeOf) offsets[code + 1] = (offsets[code] ?? 0) + text.length;
  const bytes = new Uint8Array(Buffer.from([...codeOf.keys()].join(''), 'latin1'));
  const dictionary = { length: codeOf.size, offsets, bytes };
  return { layout: 'dictionary', spec: suffixSpec, validity, codes, dictionary };
}
