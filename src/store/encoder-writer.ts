import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { ByteSink } from './parquet/byte-sink.ts';
import { putColumnChunk } from './parquet/column-chunk.ts';
import { putFooter } from './parquet/footer.ts';
import type { ThriftStruct } from './parquet/thrift-struct.ts';
import { rowOrder } from './row-order.ts';
import type { SegmentWriter } from './segment-writer.ts';
import type { Table } from './table.ts';

const magic = Buffer.from('PAR1');

/** So much of a file is gathered before it is written. */
const writeBytes = 1 << 20;

/**
 * The fastest writer: the columns become pages as they are, codes as codes, with no engine in between that would find
 * them again. The event loop is free between two columns.
 */
export class EncoderWriter implements SegmentWriter {
  readonly #file = new ByteSink();

  async write(table: Table, path: string, order: readonly string[]): Promise<void> {
    const handle = await open(path, 'w');
    this.#file.reset();
    try {
      await this.#encode(table, order, handle);
    } finally {
      await handle.close();
    }
  }

  async #encode({ rows, columns, pages }: Table, order: readonly string[], handle: FileHandle): Promise<void> {
    const file = this.#file;
    file.put(magic);
    const places = rowOrder({ rows, columns }, order);
    const chunks: ThriftStruct[] = [];
    for (const column of rows === 0 ? [] : columns) {
      chunks.push(putColumnChunk(file, column, rows, places, pages ?? null));
      await (file.length < writeBytes ? setImmediate() : this.#flush(handle));
    }
    putFooter(
      file,
      rows,
      columns.map(({ spec }) => spec),
      chunks,
    );
    file.put(magic);
    await this.#flush(handle);
  }

  /** Appends to the file what has been gathered. */
  async #flush(handle: FileHandle): Promise<void> {
    await handle.writeFile(this.#file.written());
    this.#file.take();
  }
}
