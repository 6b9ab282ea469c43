import assert from 'node:assert/strict';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { DataChunk } from '@duckdb/node-bindings';
import { DuckDBTableFunction, duckdb } from '../core/duckdb.ts';
import { type ColumnFiller, columnFiller } from './column-filler.ts';
import { type DurableFile, durable } from './durable-file.ts';
import { rowOrder } from './row-order.ts';
import { literal, parquetOptions, type SegmentWriter } from './segment-writer.ts';
import type { Table } from './table.ts';
import { TextHeap } from './text-heap.ts';
import { vectorRows } from './vector-memory.ts';

/** What the table function hands out: one batch, chunk by chunk. */
interface OpenBatch {
  readonly rows: number;
  readonly fillers: readonly ColumnFiller[];
  filled: number;
}

/**
 * The fast writer: DuckDB pulls the batch out of our buffers through a table function, a vector of rows at a time, and
 * the event loop is free between two of them. Rows are sorted beforehand by number and gathered while filling.
 */
export class FillerWriter implements SegmentWriter {
  readonly #connection: DuckDBConnection;
  readonly #heap = new TextHeap();
  #batch: OpenBatch | null = null;

  /** @param connection of a database with one thread: rows keep their order, and no two calls fill at once. */
  constructor(connection: DuckDBConnection) {
    assert(duckdb.vector_size() === vectorRows, `DuckDB has vectors of ${vectorRows} rows`);
    this.#connection = connection;
    const batch = new DuckDBTableFunction();
    const { table_function } = batch;
    duckdb.table_function_set_name(table_function, 'batch');
    duckdb.table_function_set_bind(table_function, (info) => {
      for (const { name, type } of this.#open.fillers) duckdb.bind_add_result_column(info, name, type);
    });
    duckdb.table_function_set_init(table_function, (info) => duckdb.init_set_max_threads(info, 1));
    duckdb.table_function_set_function(table_function, (_, chunk) => this.#fill(chunk));
    connection.registerTableFunction(batch);
    batch.destroySync();
  }

  async write(table: Table, path: string, order: readonly string[]): Promise<DurableFile> {
    assert(this.#batch === null, 'a writer writes one file at a time');
    try {
      const rows = rowOrder(table, order);
      const fillers = table.columns.map((column) => columnFiller(column, table.rows, rows, this.#heap, table.kernel));
      this.#batch = { rows: table.rows, fillers, filled: 0 };
      await this.#connection.run(`COPY (SELECT * FROM batch()) TO ${literal(path)} (${parquetOptions})`);
      return await durable(path);
    } finally {
      this.#batch = null;
      this.#heap.reset();
    }
  }

  get #open(): OpenBatch {
    assert(this.#batch !== null, 'the table function is called by `write` only');
    return this.#batch;
  }

  #fill(chunk: DataChunk): void {
    const batch = this.#open;
    const start = batch.filled;
    const count = Math.min(vectorRows, batch.rows - start);
    duckdb.data_chunk_set_size(chunk, count);
    for (const [index, filler] of batch.fillers.entries()) {
      if (count > 0) filler.fill(duckdb.data_chunk_get_vector(chunk, index), start, count);
    }
    batch.filled += count;
  }
}
