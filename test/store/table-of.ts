import type { FixedValues } from '../../src/core/batch.ts';
import type { Table, TableColumn, TableColumnSpec } from '../../src/store/table.ts';

/** What a made-up table is like; the same shape always gives the same table. */
export interface Shape {
  readonly rows: number;
  /** Values of each dictionary. */
  readonly entries: number;
  readonly nulls: 'none' | 'some' | 'all';
  /** Elements before each buffer's first, so that views begin at odd places. */
  readonly padding: number;
  readonly seed: number;
}

type Random = () => number;

/** Numbers below 2^32. @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md (mulberry32) */
function random(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

const lengths = [0, 1, 3, 4, 6, 11, 12, 13, 40];
const letters = ['a', 'Z', '\u0000', 'é', '☃', '𝄞'];

function text(next: Random): string {
  const length = lengths[next() % lengths.length]!;
  const letter = letters[next() % letters.length]!;
  return letter.repeat(length) + 'x'.repeat(next() % 2);
}

/** A copy of a view's bytes, `padding` elements into a larger buffer. */
function padded<T extends FixedValues | Int32Array<ArrayBuffer>>(view: T, padding: number): T {
  const size = view.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array((view.length + padding + 3) * size).fill(0xa5);
  bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), padding * size);
  const Kind = view.constructor as new (buffer: ArrayBuffer, byteOffset: number, length: number) => T;
  return new Kind(bytes.buffer, padding * size, view.length);
}

function joined(texts: readonly string[], padding: number) {
  const parts = texts.map((part) => Buffer.from(part));
  // Arrow allows a first offset behind the first byte.
  const offsets = new Int32Array(parts.length + 1);
  offsets[0] = padding;
  for (const [index, part] of parts.entries()) offsets[index + 1] = offsets[index]! + part.length;
  const bytes = Uint8Array.from(Buffer.concat([Buffer.alloc(padding, 0xff), ...parts, Buffer.alloc(padding, 0xff)]));
  return { offsets: padded(offsets, padding), bytes: padded(bytes, padding) };
}

/** A column of each value of a dictionary once. */
export function dictionaryOf(texts: readonly string[]): Extract<TableColumn, { layout: 'dictionary' }> {
  const dictionary = { length: texts.length, ...joined(texts, 0) };
  const codes = Uint16Array.from(texts, (_, code) => code);
  return { layout: 'dictionary', spec: { name: 'word', type: 'dictionary' }, validity: null, codes, dictionary };
}

function validityOf({ rows, nulls, padding }: Shape, next: Random): Uint8Array<ArrayBuffer> | null {
  if (nulls === 'none') return null;
  const bits = Uint8Array.from({ length: (rows + 7) >> 3 }, () => (nulls === 'all' ? 0 : next()));
  return padded(bits, padding);
}

function valuesOf(type: TableColumnSpec['type'], rows: number, next: Random): FixedValues {
  const wide = () => BigInt(next()) | (BigInt(next()) << 32n);
  // Few values, so that there are equal ones to keep in order, some of them with the sign bit.
  const some = (bits: bigint) => (next() % 3 === 0 ? wide() : BigInt(next() % 5)) | (next() % 4 === 0 ? bits : 0n);
  const length = { length: rows };
  switch (type) {
    case 'uint8':
      return Uint8Array.from(length, next);
    case 'uint16':
      return Uint16Array.from(length, next);
    case 'uint32':
      return Uint32Array.from(length, next);
    case 'int32':
      return Int32Array.from(length, next);
    case 'float64':
      return Float64Array.from(length, () => (next() - 2 ** 31) / 1024);
    case 'uint64':
      return BigUint64Array.from(length, () => BigInt.asUintN(64, some(1n << 63n)));
    case 'timestamp':
      return BigInt64Array.from(length, () => BigInt.asIntN(56, some(1n << 55n)));
    case 'uuid':
      return Uint8Array.from({ length: rows * 16 }, next);
    default:
      return BigInt64Array.from(length, () => BigInt.asIntN(64, some(1n << 63n)));
  }
}

const specs: readonly TableColumnSpec[] = [
  { name: 'token', type: 'uint64' },
  { name: 'time', type: 'timestamp' },
  { name: 'signed', type: 'int64' },
  { name: 'text', type: 'utf8' },
  { name: 'blob', type: 'blob' },
  { name: 'word', type: 'dictionary' },
  { name: 'a', type: 'uint8' },
  { name: 'b', type: 'uint16' },
  { name: 'c', type: 'uint32' },
  { name: 'd', type: 'int32' },
  { name: 'e', type: 'float64' },
  { name: 'f', type: 'uuid' },
];

/** A table with a column of every type. */
export function tableOf(shape: Shape): Table {
  const { rows, entries, padding } = shape;
  const next = random(shape.seed);
  const columns = specs.map((spec): TableColumn => {
    const base = { spec, validity: validityOf(shape, next) };
    if (spec.type === 'utf8' || spec.type === 'blob') {
      return {
        ...base,
        layout: 'utf8',
        ...joined(
          Array.from({ length: rows }, () => text(next)),
          padding,
        ),
      };
    }
    if (spec.type !== 'dictionary') {
      return { ...base, layout: 'fixed', values: padded(valuesOf(spec.type, rows, next), padding) };
    }
    // Without rows that have a value, a dictionary is empty.
    const length = shape.nulls === 'all' ? 0 : entries;
    const texts = Array.from({ length }, (_, code) => `${code % 2 === 0 ? '' : 'a longer text '}${code}`);
    const codes = Uint16Array.from({ length: rows }, () => (length === 0 ? 0 : next() % length));
    const dictionary = { length, ...joined(texts, padding) };
    return { ...base, layout: 'dictionary', codes: padded(codes, padding), dictionary };
  });
  return { rows, columns };
}
