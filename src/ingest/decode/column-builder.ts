import {
  type Column,
  type DictionaryColumn,
  type FixedColumn,
  type FixedValues,
  type Utf8Column,
  valueBytes,
} from '../../core/batch.ts';
import type { ColumnSpec, ColumnType } from '../../core/columns.ts';
import { limits } from '../../core/limits.ts';

/** A column's value before it is written; a UUID is 16 bytes or its hexadecimal digits, with or without dashes. */
export type ColumnValue = string | number | bigint | Uint8Array | null;

/** Fills one column row by row. */
export interface ColumnBuilder {
  /** True for a text the column has a code for. */
  has(text: string): boolean;
  /** False if the batch has to end before this value. */
  fits(value: ColumnValue): boolean;
  /** Writes a value that fits. */
  write(row: number, value: ColumnValue): void;
  column(): Column;
  reset(): void;
}

/** Bytes of texts one after the other, in a buffer that doubles. A lone surrogate becomes U+FFFD. */
class TextArena {
  bytes = new Uint8Array(4096);
  #writer = Buffer.from(this.bytes.buffer);
  length = 0;
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  fits(text: string): boolean {
    // Three bytes is the most a UTF-16 unit can take.
    return this.length + text.length * 3 <= this.#bytesMax || this.length === 0;
  }

  append(text: string): void {
    const needed = this.length + text.length * 3;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
      this.#writer = Buffer.from(larger.buffer);
    }
    this.length += this.#writer.write(text, this.length);
  }
}

class Validity {
  readonly bits: Uint8Array<ArrayBuffer>;

  constructor(rowsMax: number) {
    this.bits = new Uint8Array(Math.ceil(rowsMax / 8));
  }

  set(row: number): void {
    this.bits[row >> 3] = (this.bits[row >> 3] ?? 0) | (1 << (row & 7));
  }
}

/** Types whose values are all of one size. */
export type FixedType = Exclude<ColumnType, 'dictionary' | 'utf8'>;

/** Values of a fixed column, written row by row; null as zero. */
export interface FixedStore {
  readonly values: FixedValues;
  store(row: number, value: ColumnValue): void;
}

function numberStore(values: Exclude<FixedValues, BigInt64Array | BigUint64Array>): FixedStore {
  return {
    values,
    store(row, value) {
      values[row] = typeof value === 'number' ? value : 0;
    },
  };
}

function bigintStore(values: BigInt64Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>): FixedStore {
  const halves = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  return {
    values,
    store(row, value) {
      if (typeof value === 'bigint') values[row] = value;
      else {
        // A whole number in two halves costs no BigInt.
        const number = typeof value === 'number' ? value : 0;
        halves[2 * row] = number;
        halves[2 * row + 1] = Math.floor(number / 2 ** 32);
      }
    },
  };
}

function hexDigit(code: number): number {
  return code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57;
}

function writeHex(values: Uint8Array, at: number, text: string): void {
  for (let i = 0, p = at; i < text.length; ) {
    if (text.charCodeAt(i) === 0x2d) i += 1;
    else {
      values[p++] = (hexDigit(text.charCodeAt(i)) << 4) | hexDigit(text.charCodeAt(i + 1));
      i += 2;
    }
  }
}

function uuidStore(values: Uint8Array<ArrayBuffer>): FixedStore {
  return {
    values,
    store(row, value) {
      if (typeof value === 'string') writeHex(values, row * 16, value);
      else if (value instanceof Uint8Array) values.set(value, row * 16);
      else values.fill(0, row * 16, row * 16 + 16);
    },
  };
}

/** Values of `rowsMax` rows: in a buffer of their own, or at byte `at` of a given one. */
export function fixedStore(type: FixedType, rowsMax: number, buffer?: ArrayBuffer, at = 0): FixedStore {
  const memory = buffer ?? new ArrayBuffer(rowsMax * valueBytes[type]);
  switch (type) {
    case 'uint8':
      return numberStore(new Uint8Array(memory, at, rowsMax));
    case 'uint16':
      return numberStore(new Uint16Array(memory, at, rowsMax));
    case 'uint32':
      return numberStore(new Uint32Array(memory, at, rowsMax));
    case 'int32':
      return numberStore(new Int32Array(memory, at, rowsMax));
    case 'float64':
      return numberStore(new Float64Array(memory, at, rowsMax));
    case 'uint64':
      return bigintStore(new BigUint64Array(memory, at, rowsMax));
    case 'int64':
    case 'timestamp':
      return bigintStore(new BigInt64Array(memory, at, rowsMax));
    case 'uuid':
      return uuidStore(new Uint8Array(memory, at, rowsMax * 16));
  }
}

class FixedBuilder implements ColumnBuilder {
  readonly #spec: ColumnSpec;
  readonly #store: FixedStore;
  readonly #validity: Validity | null;

  constructor(spec: ColumnSpec, type: FixedType, rowsMax: number) {
    this.#spec = spec;
    this.#store = fixedStore(type, rowsMax);
    this.#validity = spec.required ? null : new Validity(rowsMax);
  }

  has(): boolean {
    return false;
  }

  fits(): boolean {
    return true;
  }

  write(row: number, value: ColumnValue): void {
    if (value !== null) this.#validity?.set(row);
    this.#store.store(row, value);
  }

  column(): FixedColumn {
    const { values } = this.#store;
    return { spec: this.#spec, layout: 'fixed', values, validity: this.#validity?.bits ?? null };
  }

  reset(): void {
    this.#validity?.bits.fill(0);
  }
}

class Utf8Builder implements ColumnBuilder {
  readonly #spec: ColumnSpec;
  readonly #offsets: Int32Array<ArrayBuffer>;
  readonly #validity: Validity | null;
  readonly #arena = new TextArena(limits.columnBytesMax);

  constructor(spec: ColumnSpec, rowsMax: number) {
    this.#spec = spec;
    this.#offsets = new Int32Array(rowsMax + 1);
    this.#validity = spec.required ? null : new Validity(rowsMax);
  }

  has(): boolean {
    return false;
  }

  fits(value: ColumnValue): boolean {
    return typeof value !== 'string' || this.#arena.fits(value);
  }

  write(row: number, value: ColumnValue): void {
    if (typeof value === 'string') {
      this.#validity?.set(row);
      this.#arena.append(value);
    }
    this.#offsets[row + 1] = this.#arena.length;
  }

  column(): Utf8Column {
    const { bytes } = this.#arena;
    return { spec: this.#spec, layout: 'utf8', offsets: this.#offsets, bytes, validity: this.#validity?.bits ?? null };
  }

  reset(): void {
    this.#validity?.bits.fill(0);
    this.#arena.length = 0;
  }
}

/** Codes are given in the order of first appearance. */
class DictionaryBuilder implements ColumnBuilder {
  readonly #spec: ColumnSpec;
  readonly #codes: Uint16Array<ArrayBuffer>;
  readonly #validity: Validity | null;
  readonly #codeOf = new Map<string, number>();
  #last: string | null = null;
  #lastCode = 0;
  #offsets = new Int32Array(257);
  readonly #arena = new TextArena(limits.dictionaryBytesMax);

  constructor(spec: ColumnSpec, rowsMax: number) {
    this.#spec = spec;
    this.#codes = new Uint16Array(rowsMax);
    this.#validity = spec.required ? null : new Validity(rowsMax);
  }

  has(text: string): boolean {
    if (text === this.#last) return true;
    const code = this.#codeOf.get(text);
    if (code === undefined) return false;
    this.#last = text;
    this.#lastCode = code;
    return true;
  }

  fits(value: ColumnValue): boolean {
    if (typeof value !== 'string' || this.has(value)) return true;
    return this.#codeOf.size < limits.dictionaryEntriesMax && this.#arena.fits(value);
  }

  write(row: number, value: ColumnValue): void {
    if (typeof value !== 'string') {
      this.#codes[row] = 0;
      return;
    }
    this.#validity?.set(row);
    this.#codes[row] = this.has(value) ? this.#lastCode : this.#add(value);
  }

  #add(text: string): number {
    const code = this.#codeOf.size;
    this.#arena.append(text);
    if (code + 1 >= this.#offsets.length) {
      const larger = new Int32Array(this.#offsets.length * 2);
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    this.#offsets[code + 1] = this.#arena.length;
    this.#codeOf.set(text, code);
    return code;
  }

  column(): DictionaryColumn {
    const dictionary = { length: this.#codeOf.size, offsets: this.#offsets, bytes: this.#arena.bytes };
    const validity = this.#validity?.bits ?? null;
    return { spec: this.#spec, layout: 'dictionary', codes: this.#codes, dictionary, validity };
  }

  reset(): void {
    this.#validity?.bits.fill(0);
    this.#codeOf.clear();
    this.#last = null;
    this.#arena.length = 0;
  }
}

/** An empty column of `spec` with room for `rowsMax` rows. */
export function columnBuilder(spec: ColumnSpec, rowsMax: number): ColumnBuilder {
  if (spec.type === 'dictionary') return new DictionaryBuilder(spec, rowsMax);
  return spec.type === 'utf8' ? new Utf8Builder(spec, rowsMax) : new FixedBuilder(spec, spec.type, rowsMax);
}
