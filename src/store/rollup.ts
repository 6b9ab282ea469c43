import assert from 'node:assert/strict';
import type { Batch, FixedValues } from '../core/batch.ts';
import { countedRows, counterNames, rollupCounts } from './rollup-counts.ts';
import { groupRows, type RowGroups } from './rollup-groups.ts';
import { rollupSketches } from './rollup-sketches.ts';
import { sketchBytes } from './sketch.ts';
import { fixedColumn, isValid, type Table, type TableColumn, type TableColumnSpec, wordsOf } from './table.ts';

/** Length of a rollup's time bucket. */
export const bucketMicros = 300_000_000;

/** The columns of a rollup file: `rollUp` fills them in this order. */
export const rollupSpecs = [
  { name: 'bucket', type: 'timestamp' },
  { name: 'account', type: 'dictionary' },
  { name: 'auth_type', type: 'dictionary' },
  { name: 'token', type: 'uint64' },
  { name: 'token_hash', type: 'uuid' },
  { name: 'token_fingerprint', type: 'uint64' },
  { name: 'sas_id', type: 'uint64' },
  { name: 'key_name', type: 'dictionary' },
  { name: 'key_hash', type: 'uuid' },
  ...counterNames.map((name) => ({ name, type: 'uint32' as const })),
  { name: 'bytes_out', type: 'int64' },
  { name: 'bytes_in', type: 'int64' },
  { name: 'container_bits', type: 'uint64' },
  { name: 'agent_bits', type: 'uint64' },
  { name: 'ip_bits', type: 'blob' },
  { name: 'network_bits', type: 'blob' },
  { name: 'object_bits', type: 'blob' },
  { name: 'min_time', type: 'timestamp' },
  { name: 'max_time', type: 'timestamp' },
] as const;

/**
 * Condenses a batch to one row per identity (account, kind of authentication, key, token) and 5 minutes of event time.
 *
 * Only rows with `operation_count` 0 count in `n`, the sums and the sketches; `rows` counts all. Rollups of several
 * batches are merged with sum, min, max and bit_or.
 */
export function rollUp(batch: Batch): Table {
  const groups = groupRows(batch, bucketMicros);
  const counted = countedRows(batch);
  const made: Partial<Record<string, FixedValues>> = {
    ...Object.fromEntries(rollupCounts(batch, groups, counted)),
    ...times(batch, groups),
    bytes_out: sums(batch, 'response_body_bytes', groups, counted),
    bytes_in: sums(batch, 'request_body_bytes', groups, counted),
    ...rollupSketches(batch, groups, counted),
  };
  return {
    rows: groups.count,
    columns: rollupSpecs.map((spec): TableColumn => {
      const values = made[spec.name];
      if (values === undefined) return gather(batch, spec, groups.firstRow);
      if (spec.type !== 'blob' || !(values instanceof Uint8Array)) {
        return { layout: 'fixed', spec, validity: null, values };
      }
      const offsets = new Int32Array(groups.count + 1);
      for (let group = 0; group <= groups.count; group++) offsets[group] = group * sketchBytes;
      return { layout: 'utf8', spec, validity: null, offsets, bytes: values };
    }),
  };
}

const twoTo32 = 2 ** 32;

/** A 64-bit value as a number: exact up to 2^53, which microseconds and bytes stay below. */
function numberAt(words: Uint32Array, row: number): number {
  return ((words[row * 2 + 1] ?? 0) | 0) * twoTo32 + (words[row * 2] ?? 0);
}

/** Whole numbers as 64-bit values, in halves: that costs no BigInt. */
function int64s(values: Float64Array): BigInt64Array<ArrayBuffer> {
  const halves = new Uint32Array(values.length * 2);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    halves[i * 2] = value;
    halves[i * 2 + 1] = Math.floor(value / twoTo32);
  }
  return new BigInt64Array(halves.buffer);
}

function times(batch: Batch, { count, groupOf }: RowGroups) {
  const words = wordsOf(fixedColumn(batch, 'time').values);
  const min = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const max = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (let row = 0; row < batch.rows; row++) {
    const group = groupOf[row] ?? 0;
    const time = numberAt(words, row);
    if (time < (min[group] ?? 0)) min[group] = time;
    if (time > (max[group] ?? 0)) max[group] = time;
  }
  const bucket = min.map((time) => Math.floor(time / bucketMicros) * bucketMicros);
  return { bucket: int64s(bucket), min_time: int64s(min), max_time: int64s(max) };
}

function sums(
  batch: Batch,
  name: 'response_body_bytes' | 'request_body_bytes',
  { count, groupOf }: RowGroups,
  counted: Uint8Array,
): BigInt64Array<ArrayBuffer> {
  const words = wordsOf(fixedColumn(batch, name).values);
  const totals = new Float64Array(count);
  for (let row = 0; row < batch.rows; row++) {
    if (counted[row] === 0) continue;
    const group = groupOf[row] ?? 0;
    totals[group] = (totals[group] ?? 0) + numberAt(words, row);
  }
  return int64s(totals);
}

/** The identity column of a batch, of the given rows only. */
function gather(batch: Batch, spec: TableColumnSpec, rows: Uint32Array): TableColumn {
  const column = batch.columns.find((candidate) => candidate.spec.name === spec.name);
  assert(column !== undefined && column.layout !== 'utf8');
  const validity = new Uint8Array((rows.length + 7) >> 3);
  for (let group = 0; group < rows.length; group++) {
    const bit = isValid(column.validity, rows[group] ?? 0) ? 1 << (group & 7) : 0;
    validity[group >> 3] = (validity[group >> 3] ?? 0) | bit;
  }
  if (column.layout === 'dictionary') {
    const codes = new Uint16Array(rows.length);
    for (let group = 0; group < rows.length; group++) codes[group] = column.codes[rows[group] ?? 0] ?? 0;
    return { ...column, spec, validity, codes };
  }
  const width = spec.type === 'uuid' ? 4 : 2;
  const source = wordsOf(column.values);
  const values = new Uint32Array(rows.length * width);
  for (let group = 0; group < rows.length; group++) {
    const from = (rows[group] ?? 0) * width;
    for (let word = 0; word < width; word++) values[group * width + word] = source[from + word] ?? 0;
  }
  const { buffer } = values;
  return { layout: 'fixed', spec, validity, values: width === 4 ? new Uint8Array(buffer) : new BigUint64Array(buffer) };
}
