import assert from 'node:assert/strict';
import type { Batch } from '../core/batch.ts';
import {
  bitSpec,
  bitsSpec,
  type Condensed,
  condensedSpecs,
  identitySpecs,
  rollupSpecs,
  type SketchName,
  sketchNames,
  suffixSpec,
} from './rollup-columns.ts';
import { condense } from './rollup-condense.ts';
import { suffixColumn } from './rollup-suffixes.ts';
import { rollupTraits } from './rollup-traits.ts';
import type { Table, TableColumn } from './table.ts';

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
    ...identitySpecs.map((spec) => [spec.name, identityColumn(batch, condensed, spec)] as const),
    ...condensedSpecs.map((spec) => [spec.name, condensedColumn(condensed, spec)] as const),
    ...sketchNames.flatMap((name) => sketchColumns(condensed, name)),
    [suffixSpec.name, suffixColumn(condensed.suffixes)],
  ]);
  return {
    rows: condensed.groups,
    columns: rollupSpecs.flatMap(({ name }) => columns.get(name) ?? []),
    ...(followsToken(batch) ? { sortedBy: ['token', 'bucket'] } : {}),
    ...(batch.pages === undefined ? {} : { pages: batch.pages }),
  };
}

/** Groups stand in the order of their first rows. */
function followsToken({ sortedBy }: Batch): boolean {
  return sortedBy?.[0] === 'token' && sortedBy[1] === 'time';
}

function identityColumn(batch: Batch, { identity }: Condensed, spec: (typeof identitySpecs)[number]): TableColumn {
  const { validity, values } = identity[spec.name];
  if (spec.type !== 'dictionary') return { layout: 'fixed', spec, validity, values };
  const column = batch.columns.find((candidate) => candidate.spec.name === spec.name);
  assert(column?.layout === 'dictionary' && values instanceof Uint16Array);
  return { ...column, spec, validity, codes: values };
}

function condensedColumn({ values }: Condensed, spec: (typeof condensedSpecs)[number]): TableColumn {
  return { layout: 'fixed', spec, validity: null, values: values[spec.name] };
}

function sketchColumns({ sketches }: Condensed, name: SketchName): [string, TableColumn][] {
  const { places, placed, bytes, offsets, whole } = sketches[name];
  const [bits, bit] = [bitsSpec(name), bitSpec(name)];
  return [
    [bits.name, { layout: 'utf8', spec: bits, validity: whole, offsets, bytes }],
    [bit.name, { layout: 'fixed', spec: bit, validity: placed, values: places }],
  ];
}
