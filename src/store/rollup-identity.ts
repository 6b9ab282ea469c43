import assert from 'node:assert/strict';
import type { Batch } from '../core/batch.ts';
import { type Condensed, type IdentityColumn, type IdentityName, identitySpecs } from './rollup-columns.ts';
import { isValid, wordsOf } from './table.ts';

/** The identities of a batch's rows, of the given ones only. */
export function identityOf(batch: Batch, rows: Uint32Array): Condensed['identity'] {
  const columns = identitySpecs.map(({ name }) => [name, gather(batch, name, rows)]);
  return Object.fromEntries(columns) as Record<IdentityName, IdentityColumn>;
}

function gather(batch: Batch, name: IdentityName, rows: Uint32Array): IdentityColumn {
  const column = batch.columns.find(({ spec }) => spec.name === name);
  assert(column !== undefined && column.layout !== 'utf8');
  const validity = new Uint8Array((rows.length + 7) >> 3);
  for (let group = 0; group < rows.length; group++) {
    const bit = isValid(column.validity, rows[group] ?? 0) ? 1 << (group & 7) : 0;
    validity[group >> 3] = (validity[group >> 3] ?? 0) | bit;
  }
  if (column.layout === 'dictionary') {
    const codes = new Uint16Array(rows.length);
    for (let group = 0; group < rows.length; group++) codes[group] = column.codes[rows[group] ?? 0] ?? 0;
    return { validity, values: codes };
  }
  const width = column.spec.type === 'uuid' ? 4 : 2;
  const source = wordsOf(column.values);
  const values = new Uint32Array(rows.length * width);
  for (let group = 0; group < rows.length; group++) {
    const from = (rows[group] ?? 0) * width;
    for (let word = 0; word < width; word++) values[group * width + word] = source[from + word] ?? 0;
  }
  const { buffer } = values;
  return { validity, values: width === 4 ? new Uint8Array(buffer) : new BigUint64Array(buffer) };
}
