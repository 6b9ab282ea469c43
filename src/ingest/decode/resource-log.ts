import type { Batch } from '../../core/batch.ts';
import { limits } from '../../core/limits.ts';
import { rollUp } from '../../store/rollup.ts';
import type { Table } from '../../store/table.ts';
import type { Framing } from '../source.ts';
import { ColumnWriter, HeapColumns } from './column-writer.ts';
import type { Decoded, Decoder } from './decoder.ts';
import { RecordReader } from './record-reader.ts';
import { ReportedSas } from './reported-sas.ts';

/**
 * The decoder in plain TypeScript: `JSON.parse`, a row of values, a column writer. Slow, complete, and what every faster
 * decoder has to agree with, value by value; docs/decode-semantics.md says what the values are.
 *
 * @see https://learn.microsoft.com/azure/storage/blobs/monitor-blob-storage-reference
 */
export class ReferenceDecoder implements Decoder {
  readonly #writer: ColumnWriter;
  readonly #sas = new ReportedSas();
  readonly #reader: RecordReader;

  constructor(capacity: number = limits.segmentRowsMax) {
    this.#writer = new ColumnWriter(new HeapColumns(capacity));
    this.#reader = new RecordReader(this.#writer, this.#sas, null);
  }

  get rows(): number {
    return this.#writer.rows;
  }

  decode(bytes: Uint8Array, framing: Framing, sourceId: bigint, start = 0): Decoded {
    return this.#reader.read(bytes, framing, sourceId, start);
  }

  /** Leaves it to the segment writer, which sorts what is not in order. */
  sort(): void {}

  batch(): Batch {
    return this.#writer.batch();
  }

  rollUp(batch: Batch): Table {
    return rollUp(batch);
  }

  newSas(): Table {
    return this.#sas.fresh();
  }

  takeFallback(): null {
    return null;
  }

  reset(): void {
    this.#writer.reset();
    this.#sas.reset();
  }
}
