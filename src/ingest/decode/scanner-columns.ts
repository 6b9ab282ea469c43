import type { Batch, Column, Dictionary } from '../../core/batch.ts';
import type { ColumnSpec } from '../../core/columns.ts';
import type { PageKernel } from '../../core/page-kernel.ts';
import type { VectorKernel } from '../../core/vector-kernel.ts';
import type { Condensed } from '../../store/rollup-columns.ts';
import type { RollupTraits } from '../../store/rollup-traits.ts';
import { type ColumnBuilder, type ColumnValue, type FixedStore, fixedStore } from './column-builder.ts';
import type { ColumnSet } from './column-writer.ts';
import { type ColumnPlace, scannerLayout, scannerSizes } from './scanner-layout.ts';
import type { ScannerExports } from './scanner-module.ts';
import { scannerPages } from './scanner-pages.ts';
import { condenseInScanner } from './scanner-rollup.ts';
import { scannerVectors } from './scanner-vectors.ts';

const { regions } = scannerLayout;
const { rowsMax } = scannerSizes;

/** The row being written by the host: which columns have a value. */
class Presence {
  mask = 0n;

  give({ bit }: ColumnPlace): void {
    if (bit !== null) this.mask |= 1n << BigInt(bit);
  }
}

abstract class Builder implements ColumnBuilder {
  protected readonly spec: ColumnSpec;
  protected readonly place: ColumnPlace;
  protected readonly memory: ArrayBuffer;
  protected readonly validity: Uint8Array<ArrayBuffer> | null;
  protected readonly presence: Presence;

  constructor(place: ColumnPlace, memory: ArrayBuffer, presence: Presence) {
    this.spec = place.spec;
    this.place = place;
    this.memory = memory;
    this.presence = presence;
    this.validity = place.validity === 0 ? null : new Uint8Array(memory, place.validity, rowsMax / 8);
  }

  has(_text: string): boolean {
    return false;
  }

  fits(_value: ColumnValue): boolean {
    return true;
  }

  abstract write(row: number, value: ColumnValue): void;
  abstract column(): Column;
  reset(): void {}
}

class FixedBuilder extends Builder {
  readonly #store: FixedStore;

  constructor(place: ColumnPlace, memory: ArrayBuffer, presence: Presence, store: FixedStore) {
    super(place, memory, presence);
    this.#store = store;
  }

  write(row: number, value: ColumnValue): void {
    if (value !== null) this.presence.give(this.place);
    this.#store.store(row, value);
  }

  column(): Column {
    return { spec: this.spec, layout: 'fixed', values: this.#store.values, validity: this.validity };
  }
}

class TextBuilder extends Builder {
  readonly #state: Uint32Array;
  readonly #bytes: Buffer<ArrayBuffer>;

  constructor(place: ColumnPlace, memory: ArrayBuffer, presence: Presence, text: NonNullable<ColumnPlace['text']>) {
    super(place, memory, presence);
    this.#state = new Uint32Array(memory, regions.texts + scannerSizes.textStateBytes * text.index, 1);
    this.#bytes = Buffer.from(memory, text.bytes, text.bytesMax);
  }

  get #used(): number {
    return this.#state[0] ?? 0;
  }

  override fits(value: ColumnValue): boolean {
    return typeof value !== 'string' || this.#used + value.length * 3 <= this.#bytes.length;
  }

  write(_row: number, value: ColumnValue): void {
    if (typeof value !== 'string') return;
    this.presence.give(this.place);
    this.#state[0] = this.#used + this.#bytes.write(value, this.#used);
  }

  column(): Column {
    const offsets = new Int32Array(this.memory, this.place.values, rowsMax + 1);
    const bytes = new Uint8Array(this.memory, this.#bytes.byteOffset, this.#bytes.length);
    return { spec: this.spec, layout: 'utf8', offsets, bytes, validity: this.validity };
  }
}

class DictionaryBuilder extends Builder {
  readonly #index: number;
  readonly #dictionary: Omit<Dictionary, 'length'>;
  readonly #length: Uint32Array;
  readonly #codes: Uint16Array<ArrayBuffer>;
  readonly #scratch: Buffer;
  readonly #scanner: ScannerExports;
  readonly #codeOf = new Map<string, number>();

  constructor(
    place: ColumnPlace,
    memory: ArrayBuffer,
    presence: Presence,
    { index, offsets, bytes }: NonNullable<ColumnPlace['dictionary']>,
    scanner: ScannerExports,
  ) {
    super(place, memory, presence);
    this.#index = index;
    this.#dictionary = {
      offsets: new Int32Array(memory, offsets, scannerSizes.dictionaryValuesMax + 1),
      bytes: new Uint8Array(memory, bytes, scannerSizes.dictionaryBytesMax),
    };
    this.#length = new Uint32Array(memory, regions.dictionaries + scannerSizes.dictionaryStateBytes * index, 1);
    this.#codes = new Uint16Array(memory, place.values, rowsMax);
    this.#scratch = Buffer.from(memory, regions.scratch);
    this.#scanner = scanner;
  }

  override has(text: string): boolean {
    if (this.#codeOf.has(text)) return true;
    const code = this.#scanner.find(this.#index, regions.scratch, this.#scratch.write(text));
    if (code >= 0) this.#codeOf.set(text, code);
    return code >= 0;
  }

  override fits(value: ColumnValue): boolean {
    if (typeof value !== 'string' || this.has(value)) return true;
    return this.#scanner.fits(this.#index, Buffer.byteLength(value)) !== 0;
  }

  write(row: number, value: ColumnValue): void {
    if (typeof value !== 'string') {
      this.#codes[row] = 0;
      return;
    }
    this.presence.give(this.place);
    this.#codes[row] = this.#codeOf.get(value) ?? this.#add(value);
  }

  #add(text: string): number {
    const code = this.#scanner.intern(this.#index, regions.scratch, this.#scratch.write(text));
    this.#codeOf.set(text, code);
    return code;
  }

  column(): Column {
    const dictionary = { ...this.#dictionary, length: this.#length[0] ?? 0 };
    return { spec: this.spec, layout: 'dictionary', codes: this.#codes, dictionary, validity: this.validity };
  }

  override reset(): void {
    this.#codeOf.clear();
  }
}

function builder(place: ColumnPlace, memory: ArrayBuffer, presence: Presence, scanner: ScannerExports): ColumnBuilder {
  const { spec, values, text, dictionary } = place;
  if (dictionary !== null) return new DictionaryBuilder(place, memory, presence, dictionary, scanner);
  if (text !== null) return new TextBuilder(place, memory, presence, text);
  if (spec.type === 'dictionary' || spec.type === 'utf8')
    throw new RangeError(`${spec.name} has no place for its texts`);
  return new FixedBuilder(place, memory, presence, fixedStore(spec.type, rowsMax, memory, values));
}

/** The scanner's own columns as the host writes them: rows of the scanner and of the host stand in one batch. */
export class ScannerColumns implements ColumnSet {
  readonly builders: readonly ColumnBuilder[];
  readonly #scanner: ScannerExports;
  readonly #memory: ArrayBuffer;
  readonly #presence = new Presence();
  readonly #kernel: VectorKernel;
  readonly #pages: PageKernel;
  /** Rows there were when they were sorted; those that came later stand behind. */
  #sorted = 0;

  constructor(scanner: ScannerExports, memory: ArrayBuffer) {
    this.#scanner = scanner;
    this.#memory = memory;
    this.#kernel = scannerVectors(scanner, memory);
    this.#pages = scannerPages(scanner, memory);
    this.builders = scannerLayout.columns.map((place) => builder(place, memory, this.#presence, scanner));
  }

  get rows(): number {
    return this.#scanner.rowCount();
  }

  get full(): boolean {
    return this.#scanner.roomForRow() === 0;
  }

  keepRow(): void {
    this.#scanner.keep(this.#presence.mask);
    this.#presence.mask = 0n;
  }

  sort(): void {
    this.#scanner.sortRows();
    this.#sorted = this.rows;
  }

  condense(traits: RollupTraits): Condensed {
    return condenseInScanner(this.#scanner, this.#memory, traits);
  }

  /** Views on the scanner's memory. */
  batch(): Batch {
    this.#scanner.writeValidity();
    const columns = this.builders.map((builder) => builder.column());
    const { rows } = this;
    const order = rows > 0 && rows === this.#sorted ? { sortedBy: ['token', 'time'] } : {};
    return { rows, columns, ...order, kernel: this.#kernel, pages: this.#pages };
  }

  reset(): void {
    this.#scanner.reset();
    this.#sorted = 0;
    for (const builder of this.builders) builder.reset();
  }
}
