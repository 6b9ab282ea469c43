import type { PageKernel } from '../../core/page-kernel.ts';
import { type SasParameter, type SasSet, sasKinds, sasParameters, sortedParameters } from '../../core/sas.ts';
import { kindColumn, sasTimes } from '../../store/sas-table.ts';
import type { Table, TableColumn } from '../../store/table.ts';
import type { SasRegister } from './reported-sas.ts';
import { sasSizes } from './sas-layout.ts';
import { scannerLayout, scannerSizes } from './scanner-layout.ts';
import type { ScannerExports } from './scanner-module.ts';
import { scannerPages } from './scanner-pages.ts';

const { sas, regions } = scannerLayout;
const noTime = -(2n ** 63n);
/** Texts of the host's begin behind its answer. */
const textsAt = regions.answer + 64;

/** Writes a set to the scanner's memory as its own reading leaves one there: assembly/sas-set.ts. */
export function sasSetWriter(memory: ArrayBuffer): (set: SasSet) => void {
  const bytes = Buffer.from(memory);
  return (set) => {
    const times = { st: set.stTime, se: set.seTime, skt: set.sktTime, ske: set.skeTime };
    let end = textsAt;
    for (const [place, name] of sortedParameters.entries()) {
      const value = set.parameters[name];
      const length = value === undefined ? 0 : bytes.write(value, end);
      const at = sas.set + sasSizes.setBytes * place;
      bytes.writeUInt32LE(value === undefined ? 0 : end, at);
      bytes.writeUInt32LE(length, at + 4);
      bytes.writeBigInt64LE((name in times ? times[name as keyof typeof times] : null) ?? noTime, at + 8);
      end += length;
    }
  };
}

/** The new SAS of a batch as columns in the scanner's memory, where the scanner puts those it reads itself. */
export class ScannerSas implements SasRegister {
  readonly #scanner: ScannerExports;
  readonly #memory: ArrayBuffer;
  readonly #write: (set: SasSet) => void;
  readonly #pages: PageKernel;
  #handedOn = false;

  constructor(scanner: ScannerExports, memory: ArrayBuffer) {
    this.#scanner = scanner;
    this.#memory = memory;
    this.#write = sasSetWriter(memory);
    this.#pages = scannerPages(scanner, memory);
  }

  meet(set: SasSet | null): void {
    if (set === null) return;
    this.#write(set);
    this.#scanner.meetSas(set.sasId, sasKinds.indexOf(set.kind));
  }

  /** Views on the scanner's memory. */
  fresh(): Table {
    this.#handedOn = true;
    const rows = this.#scanner.sasRows();
    const ids = new BigUint64Array(this.#memory, sas.ids, rows);
    return {
      rows,
      // It has room for as many rows as a batch has, of which sets of records that were given up are none.
      ...(rows > scannerSizes.rowsMax ? {} : { pages: this.#pages }),
      columns: [
        { layout: 'fixed', spec: { name: 'sas_id', type: 'uint64' }, validity: null, values: ids },
        kindColumn(new Uint16Array(this.#memory, sas.kinds, rows)),
        ...sasParameters.flatMap((name) => this.#textColumn(name, rows)),
        ...sasTimes.flatMap(({ name }, index) => this.#timeColumn(name, index, rows)),
      ],
    };
  }

  #textColumn(name: SasParameter, rows: number): TableColumn[] {
    const place = sortedParameters.indexOf(name);
    const validity = this.#validity(place);
    if (validity === null) return [];
    const offsets = new Int32Array(this.#memory, sas.offsets + sasSizes.offsetsBytes * place, rows + 1);
    const bytes = new Uint8Array(this.#memory, sas.columns + sasSizes.columnBytes * place, sasSizes.columnBytesMax);
    return [{ layout: 'utf8', spec: { name, type: 'utf8' }, validity, offsets, bytes }];
  }

  #timeColumn(name: string, index: number, rows: number): TableColumn[] {
    const validity = this.#validity(sasParameters.length + index);
    if (validity === null) return [];
    const values = new BigInt64Array(this.#memory, sas.times + sasSizes.timeBytes * index, rows);
    return [{ layout: 'fixed', spec: { name, type: 'timestamp' }, validity, values }];
  }

  /** Which sets have a value in a column, null if none has. */
  #validity(column: number): Uint8Array<ArrayBuffer> | null {
    const [count] = new Uint32Array(this.#memory, sas.counts + 4 * column, 1);
    if (count === 0) return null;
    return new Uint8Array(this.#memory, sas.bitmaps + sasSizes.bitmapBytes * column, sasSizes.bitmapBytes);
  }

  reset(): void {
    if (this.#handedOn) this.#scanner.clearSasColumns();
    this.#handedOn = false;
  }
}
