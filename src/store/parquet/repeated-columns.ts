import assert from 'node:assert/strict';
import { readSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { TableColumnSpec } from '../table.ts';
import { ByteSink } from './byte-sink.ts';
import { putEncodedChunk } from './column-chunk.ts';
import { noValues } from './encoded-codes.ts';
import { type EncodedValues, encodings } from './encoded-values.ts';
import { columnOrder } from './footer.ts';
import { codeWidth, putRun } from './hybrid.ts';
import { schemaElement } from './schema.ts';
import { ThriftCopy } from './thrift-copy.ts';
import { type ThriftField, ThriftReader } from './thrift-reader.ts';
import type { ThriftStruct } from './thrift-struct.ts';

/** A column that is the same in every row. */
export interface RepeatedColumn {
  readonly spec: TableColumnSpec;
  /** Null in any column, else of one of texts. */
  readonly text: string | null;
}

/** The length of the footer and the magic bytes. */
const tailBytes = 8;
const magic = Buffer.from('PAR1');

/**
 * Adds columns to a Parquet file as it is: their pages come behind those it has, and a new footer behind them. Whoever stops
 * halfway leaves no Parquet file.
 *
 * DuckDB writes a null or a text of one as slowly as any value; here a row group costs the same, however many rows it has.
 *
 * @param path of a file with a flat schema and rows. Not synced.
 * @throws AssertionError if it does not end as a Parquet file does.
 */
export async function addRepeatedColumns(path: string, columns: readonly RepeatedColumn[]): Promise<void> {
  if (columns.length === 0) return;
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(tailBytes);
    readSync(file.fd, tail, 0, tailBytes, size - tailBytes);
    assert(tail.subarray(4).equals(magic), `${path} ends as a Parquet file does`);
    const footer = Buffer.alloc(tail.readUInt32LE());
    const start = size - tailBytes - footer.length;
    readSync(file.fd, footer, 0, footer.length, start);
    const bytes = withColumns(footer, start, columns);
    for (let at = 0; at < bytes.length; ) at += writeSync(file.fd, bytes, at, bytes.length - at, start + at);
  } finally {
    await file.close();
  }
}

/** Places of fields in the structs `FileMetaData`, `SchemaElement` and `RowGroup`. */
const ofFile = { schema: 2, rowGroups: 4, orders: 7 } as const;
const ofRoot = { children: 5 } as const;
const ofGroup = { chunks: 1, bytes: 2, rows: 3, stored: 6 } as const;

/** What comes in the place of a footer that begins at `start` in its file. */
function withColumns(footer: Buffer, start: number, columns: readonly RepeatedColumn[]): Buffer {
  const sink = new ByteSink(start);
  const fields = new ThriftReader(footer, 0).fields();
  const groups = rowGroups(footer, fields).map((group) => {
    const before = sink.position;
    const rows = new ThriftReader(footer, fieldOf(group, ofGroup.rows).start).number();
    const chunks = columns.map((column) => putRepeated(sink, column, rows));
    return { group, chunks, bytes: sink.position - before };
  });
  const footerStart = sink.position;
  const copy = new ThriftCopy(footer, sink);
  const schema = columns.map(({ spec }) => schemaElement(spec));
  const orders = columns.map(() => columnOrder);
  copy.struct(fields, {
    [ofFile.schema]: (old) =>
      copy.structs(old, schema, (root) =>
        copy.struct(root, { [ofRoot.children]: (count) => copy.sum(count, columns.length) }),
      ),
    [ofFile.rowGroups]: () => {
      copy.list(groups.length);
      for (const { group, chunks, bytes } of groups) {
        copy.struct(group, {
          [ofGroup.chunks]: (old) => copy.structs(old, chunks),
          [ofGroup.bytes]: (old) => copy.sum(old, bytes),
          [ofGroup.stored]: (old) => copy.sum(old, bytes),
        });
      }
    },
    [ofFile.orders]: (old) => copy.structs(old, orders),
  });
  sink.uint32(sink.position - footerStart);
  sink.put(magic);
  return sink.written();
}

function fieldOf(fields: readonly ThriftField[], id: number): ThriftField {
  const field = fields.find((each) => each.id === id);
  assert(field !== undefined, `a Parquet footer has a field ${id}`);
  return field;
}

function rowGroups(footer: Buffer, fields: readonly ThriftField[]): ThriftField[][] {
  const reader = new ThriftReader(footer, fieldOf(fields, ofFile.rowGroups).start);
  return Array.from({ length: reader.list() }, () => reader.fields());
}

function putRepeated(sink: ByteSink, { spec, text }: RepeatedColumn, rows: number): ThriftStruct {
  const present = { levels: null, rows: null, count: text === null ? 0 : rows };
  const values = text === null ? noValues : repeated(Buffer.from(text));
  return putEncodedChunk(sink, spec, rows, { present, values, kernel: null });
}

/** A text as a dictionary of one entry. */
function repeated(text: Uint8Array): EncodedValues {
  return {
    extremes: { least: text, greatest: text },
    encoding: encodings.dictionary,
    dictionary: {
      entries: 1,
      put(sink) {
        sink.uint32(text.length);
        sink.put(text);
      },
    },
    compressible: false,
    starts: null,
    put(sink, from, to) {
      sink.byte(codeWidth(1));
      putRun(sink, to - from, 0);
    },
  };
}
