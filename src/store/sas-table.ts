import type { SasSet } from '../core/sas.ts';
import { sasParameters } from '../core/sas.ts';
import { type Table, type TableColumn, textColumn } from './table.ts';

const times = [
  ['st_time', 'stTime'],
  ['se_time', 'seTime'],
  ['skt_time', 'sktTime'],
  ['ske_time', 'skeTime'],
] as const;

/** The columns of a SAS dimension file and of the view `sas`. */
export const sasSpecs = [
  { name: 'sas_id', type: 'uint64' },
  { name: 'kind', type: 'utf8' },
  ...sasParameters.map((name) => ({ name, type: 'utf8' as const })),
  ...times.map(([name]) => ({ name, type: 'timestamp' as const })),
] as const;

function timeColumn(name: string, values: readonly (bigint | null)[]): TableColumn {
  const validity = new Uint8Array((values.length + 7) >> 3);
  for (const [row, value] of values.entries()) {
    if (value !== null) validity[row >> 3] = (validity[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return {
    layout: 'fixed',
    spec: { name, type: 'timestamp' },
    validity,
    values: BigInt64Array.from(values, (value) => value ?? 0n),
  };
}

/** SAS parameter sets as columns: values as written, and the four times typed. */
export function sasTable(sets: readonly SasSet[]): Table {
  return {
    rows: sets.length,
    columns: [
      {
        layout: 'fixed',
        spec: { name: 'sas_id', type: 'uint64' },
        validity: null,
        values: BigUint64Array.from(sets, ({ sasId }) => sasId),
      },
      textColumn(
        'kind',
        sets.map(({ kind }) => kind),
      ),
      ...sasParameters.map((name) =>
        textColumn(
          name,
          sets.map(({ parameters }) => parameters[name] ?? null),
        ),
      ),
      ...times.map(([name, key]) =>
        timeColumn(
          name,
          sets.map((set) => set[key]),
        ),
      ),
    ],
  };
}
