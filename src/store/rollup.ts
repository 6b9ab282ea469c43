import assert from 'node:assert/strict';
import type { Batch } from '../core/batch.ts';
import { type Condensed, condensedSpecs, identitySpecs, rollupSpecs } from './rollup-columns.ts';
import { condense } from './rollup-condense.ts';
import { rollupTraits } from './rollup-traits.ts';
import { sketchBytes } from './sketch.ts';
import { isValid, type Table, type TableColumn, type TableColumnSpec, wordsOf } from './table.ts';

/**
 * Condenses a batch to one row per identity (account, kind of authentication, key, token) and 5 minutes of event time.
 *
 * Only rows with `operation_count` 0 count in `n`, the sums and the sketches; `rows` counts all. Rollups of several
 * batches are merged with sum, min, max and bit_or.
 */
export function rollUp(batch: Batch): Table {
  return rollupTable(batch, condense(batch, rollupTraits(batch)));
}

/** The rollup of a batch, given what it condenses to; it may use the buffers of both. */
export function rollupTable(batch: Batch, condensed: Condensed): Table {
  const columns = new Map<string, TableColumn>([
    ...identitySpecs.map((spec) => [spec.name, gather(batch, spec, condensed.firstRow)] as const),
    ...condensedSpecs.map((spec) => [spec.name, condensedColumn(condensed, spec)] as const),
  ]);
  return {
    rows: condensed.firstRow.length,
    columns: rollupSpecs.flatMap(({ name }) => columns.get(name) ?? []),
  };
}

function condensedColumn({ firstRow, values }: Condensed, spec: (typeof condensedSpecs)[number]): TableColumn {
  const made = values[spec.name];
  if (spec.type !== 'blob') return { layout: 'fixed', spec, validity: null, values: made };
  assert(made instanceof Uint8Array);
  const offsets = new Int32Array(firstRow.length + 1);
  for (let group = 0; group <= firstRow.length; group++) offsets[group] = group * sketchBytes;
  return { layout: 'utf8', spec, validity: null, offsets, bytes: made };
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
