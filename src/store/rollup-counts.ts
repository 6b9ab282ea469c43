import type { Batch } from '../core/batch.ts';
import { type CounterName, classCounterNames, counterNames } from './rollup-counters.ts';
import type { RowGroups } from './rollup-groups.ts';
import type { RollupTraits } from './rollup-traits.ts';
import { dictionaryColumn, fixedColumn, isValid } from './table.ts';

/** SMB and NFS write 0 for success. */
export function isSuccess(status: number): boolean {
  return (status >= 200 && status < 300) || status === 304 || status === 0;
}

/** What counts in `n`, the sums and the sketches: the first row of each request, `operation_count` 0. */
export function countedRows(batch: Batch): Uint8Array {
  const { values } = fixedColumn(batch, 'operation_count');
  const counted = new Uint8Array(batch.rows);
  for (let row = 0; row < batch.rows; row++) if (values[row] === 0) counted[row] = 1;
  return counted;
}

/** The counters of each group by name. `reads` … `others` count successful requests by operation class. */
export function rollupCounts(
  batch: Batch,
  { count, groupOf }: RowGroups,
  counted: Uint8Array,
  traits: RollupTraits,
): Record<CounterName, Uint32Array<ArrayBuffer>> {
  const counters = Object.fromEntries(counterNames.map((name) => [name, new Uint32Array(count)])) as Record<
    CounterName,
    Uint32Array<ArrayBuffer>
  >;
  const add = (name: CounterName, group: number) => {
    const values = counters[name];
    values[group] = (values[group] ?? 0) + 1;
  };
  const status = fixedColumn(batch, 'status_code');
  const operationClass = dictionaryColumn(batch, 'operation_class');
  const operationName = dictionaryColumn(batch, 'operation_name');
  const ipClass = dictionaryColumn(batch, 'ip_class');
  const protocol = dictionaryColumn(batch, 'protocol');
  const tls = dictionaryColumn(batch, 'tls_version');

  for (let row = 0; row < batch.rows; row++) {
    const group = groupOf[row] ?? 0;
    add('rows', group);
    if (counted[row] === 0) continue;
    add('n', group);
    const isKnown = isValid(status.validity, row);
    if (isKnown && isSuccess(Number(status.values[row]))) {
      add('ok', group);
      add(classCounterNames[traits.classCounter[operationClass.codes[row] ?? 0] ?? 0] ?? 'others', group);
      if (traits.overwrites[operationName.codes[row] ?? 0] === 1) add('overwrite_candidates', group);
    } else if (isKnown) add('errors', group);
    if (traits.isPublic[ipClass.codes[row] ?? 0] === 1 && isValid(ipClass.validity, row)) add('public_n', group);
    if (traits.isHttp[protocol.codes[row] ?? 0] === 1 && isValid(protocol.validity, row)) add('http_n', group);
    if (traits.isOldTls[tls.codes[row] ?? 0] === 1 && isValid(tls.validity, row)) add('old_tls_n', group);
  }
  return counters;
}
