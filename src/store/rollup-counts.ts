import type { Batch, DictionaryColumn } from '../core/batch.ts';
import type { RowGroups } from './rollup-groups.ts';
import { dictionaryColumn, entriesOf, fixedColumn, isValid, textOf } from './table.ts';

/** The counter each operation class feeds. */
export const classCounters = {
  read: 'reads',
  list: 'lists',
  meta: 'metas',
  write: 'writes',
  copy: 'copies',
  delete: 'deletes',
  acl: 'acls',
  tier: 'tiers',
  policy: 'policies',
  lease: 'leases',
} as const;
export type ClassCounter = (typeof classCounters)[keyof typeof classCounters];

const counterOfClass: Readonly<Record<string, ClassCounter>> = classCounters;

export const counterNames = [
  'rows',
  'n',
  'ok',
  'errors',
  'public_n',
  'http_n',
  'old_tls_n',
  ...Object.values(classCounters),
  'others',
  'overwrite_candidates',
] as const;
export type CounterName = (typeof counterNames)[number];

/** Operations that replace an object's content if the object exists; the log does not say whether it did. */
export const overwriting: ReadonlySet<string> = new Set([
  'PutBlob',
  'PutBlobFromURL',
  'PutBlockList',
  'PutPage',
  'PutPageFromURL',
  'CopyBlob',
  'CopyBlobFromURL',
  'IncrementalCopyBlob',
  'CreatePathFile',
  'FlushFile',
  'RenamePathFile',
  'CreateFile',
  'PutRange',
  'PutRangeFromURL',
  'CopyFile',
  'RenameFile',
  'InsertOrReplaceEntity',
  'UpdateEntity',
]);

const ok = 1;
const failed = 2;

/** 1 for a success, 2 for a failure, 0 where the log does not say. SMB and NFS write 0 for success. */
function outcomeOf(status: number): number {
  return (status >= 200 && status < 300) || status === 304 || status === 0 ? ok : failed;
}

function textsOf({ dictionary }: DictionaryColumn): string[] {
  return entriesOf(dictionary).map(textOf);
}

/** What counts in `n`, the sums and the sketches: the first row of each request, `operation_count` 0. */
export function countedRows(batch: Batch): Uint8Array {
  const { values } = fixedColumn(batch, 'operation_count');
  const counted = new Uint8Array(batch.rows);
  for (let row = 0; row < batch.rows; row++) if (values[row] === 0) counted[row] = 1;
  return counted;
}

/** The counters of each group by name. `reads` … `others` count successful requests by operation class. */
export function rollupCounts(batch: Batch, { count, groupOf }: RowGroups, counted: Uint8Array) {
  const counters = new Map<string, Uint32Array<ArrayBuffer>>(
    counterNames.map((name) => [name, new Uint32Array(count)]),
  );
  const counter = (name: CounterName) => counters.get(name) ?? new Uint32Array(0);
  const add = (values: Uint32Array, group: number) => {
    values[group] = (values[group] ?? 0) + 1;
  };
  const all = counter('rows');
  const n = counter('n');
  const successes = counter('ok');
  const errors = counter('errors');
  const publicN = counter('public_n');
  const httpN = counter('http_n');
  const oldTlsN = counter('old_tls_n');
  const candidates = counter('overwrite_candidates');
  const status = fixedColumn(batch, 'status_code');
  const operationClass = dictionaryColumn(batch, 'operation_class');
  const byClass = textsOf(operationClass).map((text) => counters.get(counterOfClass[text] ?? 'others') ?? n);
  const operationName = dictionaryColumn(batch, 'operation_name');
  const overwrites = Uint8Array.from(textsOf(operationName), (text) => Number(overwriting.has(text)));
  const ipClass = dictionaryColumn(batch, 'ip_class');
  const publicCode = textsOf(ipClass).indexOf('public');
  const protocol = dictionaryColumn(batch, 'protocol');
  const isHttp = Uint8Array.from(textsOf(protocol), (text) => Number(text.toUpperCase() === 'HTTP'));
  const tls = dictionaryColumn(batch, 'tls_version');
  const isOldTls = Uint8Array.from(textsOf(tls), (text) => Number(/^TLS 1\.[01]$/i.test(text)));

  for (let row = 0; row < batch.rows; row++) {
    const group = groupOf[row] ?? 0;
    add(all, group);
    if (counted[row] === 0) continue;
    add(n, group);
    const outcome = isValid(status.validity, row) ? outcomeOf(Number(status.values[row])) : 0;
    if (outcome === ok) {
      add(successes, group);
      add(byClass[operationClass.codes[row] ?? 0] ?? n, group);
      if (overwrites[operationName.codes[row] ?? 0] === 1) add(candidates, group);
    } else if (outcome === failed) add(errors, group);
    if (ipClass.codes[row] === publicCode && isValid(ipClass.validity, row)) add(publicN, group);
    if (isHttp[protocol.codes[row] ?? 0] === 1 && isValid(protocol.validity, row)) add(httpN, group);
    if (isOldTls[tls.codes[row] ?? 0] === 1 && isValid(tls.validity, row)) add(oldTlsN, group);
  }
  return counters;
}
