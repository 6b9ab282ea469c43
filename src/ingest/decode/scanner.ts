import { randomBytes } from 'node:crypto';
import type { Batch } from '../../core/batch.ts';
import { limits } from '../../core/limits.ts';
import { rollupTable } from '../../store/rollup.ts';
import { rollupTraits } from '../../store/rollup-traits.ts';
import type { Table } from '../../store/table.ts';
import type { Framing } from '../source.ts';
import { ColumnWriter } from './column-writer.ts';
import type { Decoded, Decoder, Fallback } from './decoder.ts';
import { RecordReader } from './record-reader.ts';
import { ScannerColumns } from './scanner-columns.ts';
import { scannerHost } from './scanner-host.ts';
import { ScannerInput } from './scanner-input.ts';
import { createScannerMemory } from './scanner-memory.ts';
import { instantiateScanner } from './scanner-module.ts';
import { ScannerSas } from './scanner-sas.ts';

/**
 * The decoder in WASM SIMD: scans records straight into Arrow columns in its own memory, and leaves every record it is not
 * sure of to the reference decoder's rows, which are written into the same columns. docs/decode.md explains it.
 *
 * A batch is a view of the scanner's memory: nothing is copied.
 */
export class ScannerDecoder implements Decoder {
  readonly #columns: ScannerColumns;
  readonly #writer: ColumnWriter;
  readonly #sas: ScannerSas;
  readonly #input: ScannerInput;
  readonly #reader: RecordReader;

  constructor(module: WebAssembly.Module, capacity: number = limits.segmentRowsMax) {
    const memory = createScannerMemory();
    const scanner = instantiateScanner(module, memory, scannerHost(memory));
    scanner.start(randomBytes(8).readBigUInt64LE());
    scanner.setRowsMax(capacity);
    this.#columns = new ScannerColumns(scanner, memory.buffer);
    this.#sas = new ScannerSas(scanner, memory.buffer);
    this.#writer = new ColumnWriter(this.#columns);
    this.#input = new ScannerInput(scanner, memory.buffer);
    this.#reader = new RecordReader(this.#writer, this.#sas, this.#input);
  }

  get buffer(): Buffer {
    return this.#input.buffer;
  }

  get rows(): number {
    return this.#writer.rows;
  }

  decode(bytes: Uint8Array, framing: Framing, sourceId: bigint, start = 0): Decoded {
    try {
      return this.#reader.read(bytes, framing, sourceId, start);
    } finally {
      this.#input.close();
    }
  }

  sort(): void {
    this.#columns.sort();
  }

  batch(): Batch {
    return this.#writer.batch();
  }

  rollUp(batch: Batch): Table {
    return rollupTable(batch, this.#columns.condense(rollupTraits(batch)));
  }

  newSas(): Table {
    return this.#sas.fresh();
  }

  takeFallback(): Fallback | null {
    return this.#input.takeFallback();
  }

  reset(): void {
    this.#writer.reset();
    this.#sas.reset();
  }
}
