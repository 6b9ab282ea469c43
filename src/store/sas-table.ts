import { type SasParameter, type SasSet, sasKinds, sasParameters } from '../core/sas.ts';
import { type Table, type TableColumn, textColumn } from './table.ts';

/** The columns of typed times, and where a set has them. */
export const sasTimes = [
  { name: 'st_time', key: 'stTime' },
  { name: 'se_time', key: 'seTime' },
  { name: 'skt_time', key: 'sktTime' },
  { name: 'ske_time', key: 'skeTime' },
] as const;

/** The columns of a SAS dimension file and of the view `sas`. */
export const sasSpecs = [
  { name: 'sas_id', type: 'uint64' },
  { name: 'kind', type: 'utf8' },
  ...sasParameters.map((name) => ({ name, type: 'utf8' as const })),
  ...sasTimes.map(({ name }) => ({ name, type: 'timestamp' as const })),
] as const;

/** A time of each set; nothing if none has it. */
function timeColumn(name: string, sets: readonly SasSet[], key: (typeof sasTimes)[number]['key']): TableColumn[] {
  if (sets.every((set) => set[key] === null)) return [];
  const validity = new Uint8Array((sets.length + 7) >> 3);
  const values = new BigInt64Array(sets.length);
  for (const [row, { [key]: value }] of sets.entries()) {
    if (value === null) continue;
    validity[row >> 3] = (validity[row >> 3] ?? 0) | (1 << (row & 7));
    values[row] = value;
  }
  return [{ layout: 'fixed', spec: { name, type: 'timestamp' }, validity, values }];
}

const kindBytes = new Uint8Array(Buffer.from(sasKinds.join('')));
const kindOffsets = Int32Array.from([0, ...sasKinds], (_, kind) => sasKinds.slice(0, kind).join('').length);

/** Kinds by their place in `sasKinds`. */
export function kindColumn(codes: Uint16Array<ArrayBuffer>): TableColumn {
  const dictionary = { length: sasKinds.length, offsets: kindOffsets, bytes: kindBytes };
  return { layout: 'dictionary', spec: { name: 'kind', type: 'dictionary' }, validity: null, codes, dictionary };
}

/** The parameters that some set has, as columns: most kinds of SAS have few of them. */
function parameterColumns(sets: readonly SasSet[]): TableColumn[] {
  const values = new Map<string, (string | null)[]>();
  for (const [row, { parameters }] of sets.entries()) {
    for (const name in parameters) {
      let column = values.get(name);
      if (column === undefined) {
        column = new Array<string | null>(sets.length).fill(null);
        values.set(name, column);
      }
      column[row] = parameters[name as SasParameter] ?? null;
    }
  }
  return sasParameters.flatMap((name) => {
    const column = values.get(name);
    return column === undefined ? [] : [textColumn(name, column)];
  });
}

/** SAS parameter sets as columns: values as written and the four times typed, as far as some set has them. */
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
      kindColumn(Uint16Array.from(sets, ({ kind }) => sasKinds.indexOf(kind))),
      ...parameterColumns(sets),
      ...sasTimes.flatMap(({ name, key }) => timeColumn(name, sets, key)),
    ],
  };
}
