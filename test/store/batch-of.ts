import type { Batch, Column, FixedValues } from '../../src/core/batch.ts';
import { type ColumnName, type ColumnSpec, columns } from '../../src/core/columns.ts';

/** A value of one cell: text, number, bigint (64-bit columns, timestamps), a UUID as 32 hex digits, or null. */
export type Cell = string | number | bigint | null;
export type Row = Partial<Record<ColumnName, Cell>>;

const defaults: Row = {
  time: 1_767_225_600_000_000n,
  time_tick: 0,
  category: 'StorageRead',
  operation_name: 'GetBlob',
  operation_class: 'read',
  auth_type: 'sas_account',
  account: 'models',
  service: 'blob',
  request_header_bytes: 0n,
  request_body_bytes: 0n,
  response_header_bytes: 0n,
  response_body_bytes: 0n,
  content_length: 0n,
  operation_count: 0,
  source_id: 1n,
};

function fixedValues(type: ColumnSpec['type'], cells: readonly Cell[]): FixedValues {
  const numbers = cells.map((cell) => Number(cell ?? 0));
  const bigints = () => cells.map((cell) => BigInt(cell ?? 0));
  switch (type) {
    case 'uint8':
      return Uint8Array.from(numbers);
    case 'uint16':
      return Uint16Array.from(numbers);
    case 'uint32':
      return Uint32Array.from(numbers);
    case 'int32':
      return Int32Array.from(numbers);
    case 'float64':
      return Float64Array.from(numbers);
    case 'uint64':
      return BigUint64Array.from(bigints());
    default:
      return BigInt64Array.from(bigints());
  }
}

function uuidValues(cells: readonly Cell[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(cells.length * 16);
  for (const [row, cell] of cells.entries()) {
    if (cell !== null) bytes.set(Buffer.from(String(cell).replaceAll('-', ''), 'hex'), row * 16);
  }
  return bytes;
}

function joined(texts: readonly string[]): { offsets: Int32Array<ArrayBuffer>; bytes: Uint8Array<ArrayBuffer> } {
  const parts = texts.map((text) => Buffer.from(text, 'utf8'));
  const offsets = new Int32Array(parts.length + 1);
  for (const [index, part] of parts.entries()) offsets[index + 1] = offsets[index]! + part.length;
  return { offsets, bytes: Uint8Array.from(Buffer.concat(parts)) };
}

function columnOf(spec: ColumnSpec, cells: readonly Cell[]): Column {
  const validity = new Uint8Array(Math.ceil(cells.length / 8));
  for (const [row, cell] of cells.entries()) if (cell !== null) validity[row >> 3]! |= 1 << (row & 7);
  const base = { spec, validity: cells.includes(null) ? validity : null };
  if (spec.type === 'utf8') return { ...base, layout: 'utf8', ...joined(cells.map((cell) => String(cell ?? ''))) };
  if (spec.type === 'dictionary') {
    const entries = [...new Set(cells.filter((cell) => cell !== null).map(String))];
    const codes = new Map(entries.map((entry, code) => [entry, code]));
    return {
      ...base,
      layout: 'dictionary',
      codes: Uint16Array.from(cells, (cell) => (cell === null ? 0 : codes.get(String(cell))!)),
      dictionary: { length: entries.length, ...joined(entries) },
    };
  }
  return { ...base, layout: 'fixed', values: spec.type === 'uuid' ? uuidValues(cells) : fixedValues(spec.type, cells) };
}

/** A batch made by hand: each row says only how it differs from a plain GetBlob with an account SAS. */
export function batchOf(rows: readonly Row[]): Batch {
  return {
    rows: rows.length,
    columns: columns.map((spec) =>
      columnOf(
        spec,
        rows.map((row) => {
          const cell = row[spec.name];
          return cell === undefined ? (defaults[spec.name] ?? null) : cell;
        }),
      ),
    ),
  };
}
