import type { PageKernel } from '../../core/page-kernel.ts';
import { kernelOver } from '../kernel-values.ts';
import type { TableColumnSpec } from '../table.ts';
import { bytesOf, type FixedValues } from './fixed-values.ts';
import type { Extremes } from './statistics.ts';

/** Below zero if the value at the first place comes before the one at the second. */
type Compare = (a: number, b: number) => number;

/** Extremes of values in the order Parquet has for their type; null where they have none. */
export function fixedExtremes(
  type: TableColumnSpec['type'],
  values: FixedValues,
  kernel: PageKernel | null,
): Extremes | null {
  const { words, width, count } = values;
  if (count === 0) return null;
  const fast = type === 'float64' ? null : kernelOver(kernel, words);
  const places =
    fast === null
      ? extremesBy(comparison(type, values), count)
      : fast.extremes(words.byteOffset, width * 4, count, signedTypes.includes(type));
  if (places === null) return null;
  const [least, greatest] = places.map((at) => bytesOf(values, at, 1).slice());
  if (least === undefined || greatest === undefined) return null;
  if (type === 'float64') widenZeros({ least, greatest });
  return { least, greatest };
}

const signedTypes: readonly string[] = ['int32', 'int64', 'timestamp'] satisfies TableColumnSpec['type'][];

/** Null if a value is not comparable with itself, as NaN. */
function extremesBy(compare: Compare, count: number): readonly [least: number, greatest: number] | null {
  let [least, greatest] = [0, 0];
  for (let at = 0; at < count; at++) {
    if (Number.isNaN(compare(at, at))) return null;
    if (compare(at, least) < 0) least = at;
    else if (compare(at, greatest) > 0) greatest = at;
  }
  return [least, greatest];
}

function comparison(type: TableColumnSpec['type'], { words }: FixedValues): Compare {
  switch (type) {
    case 'float64': {
      const doubles = new Float64Array(words.buffer, words.byteOffset, words.length >> 1);
      return (a, b) => (doubles[a] ?? 0) - (doubles[b] ?? 0);
    }
    case 'uuid': {
      const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
      return (a, b) => compareUuids(view, a * 16, b * 16);
    }
    case 'int32':
      return (a, b) => ((words[a] ?? 0) | 0) - ((words[b] ?? 0) | 0);
    case 'int64':
    case 'timestamp':
      return (a, b) => ((words[a * 2 + 1] ?? 0) | 0) - ((words[b * 2 + 1] ?? 0) | 0) || low(words, a) - low(words, b);
    case 'uint64':
      return (a, b) => (words[a * 2 + 1] ?? 0) - (words[b * 2 + 1] ?? 0) || low(words, a) - low(words, b);
    default:
      return (a, b) => (words[a] ?? 0) - (words[b] ?? 0);
  }
}

function low(words: Uint32Array, at: number): number {
  return words[at * 2] ?? 0;
}

function compareUuids(view: DataView, a: number, b: number): number {
  for (let word = 0; word < 16; word += 4) {
    const order = view.getUint32(a + word) - view.getUint32(b + word);
    if (order !== 0) return order;
  }
  return 0;
}

/** A zero may stand for both: readers tell them apart. @see https://github.com/apache/parquet-format, `ColumnOrder` */
function widenZeros({ least, greatest }: Extremes): void {
  if (least.every((byte, at) => byte === 0 || (at === 7 && byte === 0x80))) least[7] = 0x80;
  if (greatest.every((byte, at) => byte === 0 || (at === 7 && byte === 0x80))) greatest[7] = 0;
}
