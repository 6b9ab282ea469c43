import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { DuckDBBlobValue, DuckDBDataChunk, DuckDBTimestampValue, DuckDBUUIDValue } from '../core/duckdb.ts';
import { type DurableFile, durable } from './durable-file.ts';
import { literal, parquetOptions, type SegmentWriter } from './segment-writer.ts';
import { columnDefinitions, databaseType, entriesOf, isValid, type Table, type TableColumn, textOf } from './table.ts';

const chunkRows = 2048;

function uuidAt(values: ArrayBufferView, row: number): DuckDBUUIDValue {
  const view = new DataView(values.buffer, values.byteOffset + row * 16, 16);
  return DuckDBUUIDValue.fromUint128((view.getBigUint64(0) << 64n) | view.getBigUint64(8));
}

/** How to read one valid row of a column as DuckDB's own value. */
function readerOf(column: TableColumn): (row: number) => DuckDBValue {
  if (column.layout === 'dictionary') {
    const texts = entriesOf(column.dictionary).map(textOf);
    return (row) => texts[column.codes[row] ?? 0] ?? null;
  }
  if (column.layout === 'utf8') {
    const bytesAt = (row: number) => column.bytes.subarray(column.offsets[row], column.offsets[row + 1]);
    return column.spec.type === 'blob'
      ? (row) => new DuckDBBlobValue(Uint8Array.from(bytesAt(row)))
      : (row) => textOf(bytesAt(row));
  }
  const { values } = column;
  if (column.spec.type === 'uuid') return (row) => uuidAt(values, row);
  if (column.spec.type === 'timestamp') return (row) => new DuckDBTimestampValue(BigInt(values[row] ?? 0));
  return (row) => values[row] ?? null;
}

/**
 * The slow writer: value by value into a temporary table. It uses nothing of DuckDB's memory layout, so it is the
 * measure for the fast one, and what remains if a new DuckDB changes that layout.
 */
export class PlainWriter implements SegmentWriter {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async write(table: Table, path: string, order: readonly string[]): Promise<DurableFile> {
    const connection = this.#connection;
    await connection.run(`CREATE OR REPLACE TEMP TABLE batch (${columnDefinitions(table.columns.map((c) => c.spec))})`);
    try {
      const appender = await connection.createAppender('batch', null, 'temp');
      const readers = table.columns.map((column) => ({ validity: column.validity, read: readerOf(column) }));
      for (let start = 0; start < table.rows; start += chunkRows) {
        const count = Math.min(chunkRows, table.rows - start);
        const chunk = DuckDBDataChunk.create(
          table.columns.map(({ spec }) => databaseType(spec)),
          count,
        );
        for (const [index, { validity, read }] of readers.entries()) {
          const values = Array.from({ length: count }, (_, at) =>
            isValid(validity, start + at) ? read(start + at) : null,
          );
          chunk.setColumnValues(index, values);
        }
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
      const sorted = order.length === 0 ? '' : ` ORDER BY ${[...order, 'rowid'].join(', ')}`;
      await connection.run(`COPY (SELECT * FROM batch${sorted}) TO ${literal(path)} (${parquetOptions})`);
      return await durable(path);
    } finally {
      await connection.run('DROP TABLE IF EXISTS temp.batch');
    }
  }
}
