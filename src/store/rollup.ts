import assert from 'node:assert/strict';
import type { Batch, DictionaryColumn, FixedValues } from '../core/batch.ts';
import { ipv4Text, networkOf } from './network.ts';
import { groupRows } from './rollup-groups.ts';
import { setSketchBit, sketchBytes, sketchHash } from './sketch.ts';
import {
  dictionaryColumn,
  entriesOf,
  fixedColumn,
  isValid,
  type Table,
  type TableColumn,
  type TableColumnSpec,
  textOf,
  utf8Column,
  wordsOf,
} from './table.ts';

/** Length of a rollup's time bucket. */
export const bucketMicros = 300_000_000;

const twoTo32 = 2 ** 32;

/** The counter each operation class feeds. */
const classCounters: Readonly<Record<string, string>> = {
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
};

const counterNames = [
  'rows',
  'n',
  'ok',
  'errors',
  'public_n',
  ...Object.values(classCounters),
  'others',
  'overwrite_candidates',
] as const;

/** Operations that replace an object's content if the object exists; the log does not say whether it did. */
const overwriting: ReadonlySet<string> = new Set([
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
  { name: 'ip_bits', type: 'blob' },
  { name: 'network_bits', type: 'blob' },
  { name: 'object_bits', type: 'blob' },
  { name: 'min_time', type: 'timestamp' },
  { name: 'max_time', type: 'timestamp' },
] as const;

/** For each entry of a dictionary, what `of` makes of its text. */
function perEntry<T>({ dictionary }: DictionaryColumn, of: (text: string, bytes: Uint8Array) => T): T[] {
  return entriesOf(dictionary).map((bytes) => of(textOf(bytes), bytes));
}

const encoder = new TextEncoder();

interface AddressHashes {
  readonly address: number;
  readonly network: number;
}

function addressHashes(text: string): AddressHashes {
  return { address: sketchHash(encoder.encode(text)), network: sketchHash(encoder.encode(networkOf(text))) };
}

/** Hashes of a row's caller address and network, each distinct address being hashed once; null if it has none. */
function addressHasher(batch: Batch): (row: number) => AddressHashes | null {
  const ipv4 = fixedColumn(batch, 'caller_ipv4');
  const text = dictionaryColumn(batch, 'caller_ip');
  const byNumber = new Map<number, AddressHashes>();
  const byCode = perEntry(text, addressHashes);
  return (row) => {
    if (isValid(ipv4.validity, row)) {
      const address = Number(ipv4.values[row]);
      let hashes = byNumber.get(address);
      if (hashes === undefined) {
        hashes = addressHashes(ipv4Text(address));
        byNumber.set(address, hashes);
      }
      return hashes;
    }
    return isValid(text.validity, row) ? (byCode[text.codes[row] ?? 0] ?? null) : null;
  };
}

/** True for a success, false for a failure, null where the log does not say. SMB and NFS write 0 for success. */
function succeeded(status: number | null): boolean | null {
  return status === null ? null : (status >= 200 && status < 300) || status === 304 || status === 0;
}

/**
 * Condenses a batch to one row per identity (account, kind of authentication, key, token) and 5 minutes of event time.
 *
 * Only rows with `operation_count` 0 count in `n`, the sums and the sketches; `rows` counts all. `reads` … `others`
 * count successful requests by operation class. Rollups of several batches are merged with sum, min, max and bit_or.
 */
export function rollUp(batch: Batch): Table {
  const { count, groupOf, firstRow } = groupRows(batch, bucketMicros);
  const counters = new Map(counterNames.map((name) => [name as string, new Uint32Array(count)]));
  const counter = (name: string) => counters.get(name) ?? new Uint32Array(0);
  const add = (values: Uint32Array, group: number) => {
    values[group] = (values[group] ?? 0) + 1;
  };
  const bytesOut = new Float64Array(count);
  const bytesIn = new Float64Array(count);
  const minTime = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const maxTime = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const containerWords = new Uint32Array(count * 2);
  const ipBits = new Uint8Array(count * sketchBytes);
  const networkBits = new Uint8Array(count * sketchBytes);
  const objectBits = new Uint8Array(count * sketchBytes);

  const all = counter('rows');
  const n = counter('n');
  const ok = counter('ok');
  const errors = counter('errors');
  const publicN = counter('public_n');
  const candidates = counter('overwrite_candidates');
  const time = wordsOf(fixedColumn(batch, 'time').values);
  const responseBytes = wordsOf(fixedColumn(batch, 'response_body_bytes').values);
  const requestBytes = wordsOf(fixedColumn(batch, 'request_body_bytes').values);
  const operationCount = fixedColumn(batch, 'operation_count').values;
  const status = fixedColumn(batch, 'status_code');
  const operationClass = dictionaryColumn(batch, 'operation_class');
  const classCounter = perEntry(operationClass, (text) => counter(classCounters[text] ?? 'others'));
  const operationName = dictionaryColumn(batch, 'operation_name');
  const overwrites = perEntry(operationName, (text) => overwriting.has(text));
  const ipClass = dictionaryColumn(batch, 'ip_class');
  const isPublic = perEntry(ipClass, (text) => text === 'public');
  const container = dictionaryColumn(batch, 'container');
  const containerBit = perEntry(container, (_, bytes) => sketchHash(bytes) % 64);
  const objectKey = utf8Column(batch, 'object_key');
  const addressOf = addressHasher(batch);
  const wide = (words: Uint32Array, row: number) => ((words[row * 2 + 1] ?? 0) | 0) * twoTo32 + (words[row * 2] ?? 0);

  for (let row = 0; row < batch.rows; row++) {
    const group = groupOf[row] ?? 0;
    add(all, group);
    const at = wide(time, row);
    if (at < (minTime[group] ?? 0)) minTime[group] = at;
    if (at > (maxTime[group] ?? 0)) maxTime[group] = at;
    if (operationCount[row] !== 0) continue;
    add(n, group);
    bytesOut[group] = (bytesOut[group] ?? 0) + wide(responseBytes, row);
    bytesIn[group] = (bytesIn[group] ?? 0) + wide(requestBytes, row);
    const outcome = succeeded(isValid(status.validity, row) ? Number(status.values[row]) : null);
    if (outcome === true) {
      add(ok, group);
      add(classCounter[operationClass.codes[row] ?? 0] ?? all, group);
      if (overwrites[operationName.codes[row] ?? 0]) add(candidates, group);
    }
    if (outcome === false) add(errors, group);
    if (isValid(ipClass.validity, row) && isPublic[ipClass.codes[row] ?? 0]) add(publicN, group);
    const hashes = addressOf(row);
    if (hashes !== null) {
      setSketchBit(ipBits, group * sketchBytes, hashes.address);
      setSketchBit(networkBits, group * sketchBytes, hashes.network);
    }
    if (isValid(objectKey.validity, row)) {
      const { bytes, offsets } = objectKey;
      setSketchBit(objectBits, group * sketchBytes, sketchHash(bytes, offsets[row] ?? 0, offsets[row + 1] ?? 0));
    }
    if (isValid(container.validity, row)) {
      const bit = containerBit[container.codes[row] ?? 0] ?? 0;
      const word = group * 2 + (bit >> 5);
      containerWords[word] = (containerWords[word] ?? 0) | (1 << (bit & 31));
    }
  }

  const made: Partial<Record<string, FixedValues | Uint8Array<ArrayBuffer>>> = {
    ...Object.fromEntries(counters),
    bucket: int64s(minTime, (value) => Math.floor(value / bucketMicros) * bucketMicros),
    bytes_out: int64s(bytesOut),
    bytes_in: int64s(bytesIn),
    container_bits: new BigUint64Array(containerWords.buffer),
    ip_bits: ipBits,
    network_bits: networkBits,
    object_bits: objectBits,
    min_time: int64s(minTime),
    max_time: int64s(maxTime),
  };
  return {
    rows: count,
    columns: rollupSpecs.map((spec): TableColumn => {
      const values = made[spec.name];
      if (values === undefined) return gather(batch, spec, firstRow);
      if (spec.type !== 'blob' || !(values instanceof Uint8Array)) {
        return { layout: 'fixed', spec, validity: null, values };
      }
      const offsets = Int32Array.from({ length: count + 1 }, (_, group) => group * sketchBytes);
      return { layout: 'utf8', spec, validity: null, offsets, bytes: values };
    }),
  };
}

function int64s(values: Float64Array, of = (value: number) => value): BigInt64Array<ArrayBuffer> {
  return BigInt64Array.from(values, (value) => BigInt(of(value)));
}

/** The identity column of a batch, of the given rows only. */
function gather(batch: Batch, spec: TableColumnSpec, rows: Uint32Array): TableColumn {
  const column = batch.columns.find((candidate) => candidate.spec.name === spec.name);
  assert(column !== undefined && column.layout !== 'utf8');
  const validity = new Uint8Array((rows.length + 7) >> 3);
  for (const [group, row] of rows.entries()) {
    if (isValid(column.validity, row)) validity[group >> 3] = (validity[group >> 3] ?? 0) | (1 << (group & 7));
  }
  if (column.layout === 'dictionary') {
    return { ...column, spec, validity, codes: Uint16Array.from(rows, (row) => column.codes[row] ?? 0) };
  }
  const words = spec.type === 'uuid' ? 4 : 2;
  const source = wordsOf(column.values);
  const values = new Uint32Array(rows.length * words);
  for (const [group, row] of rows.entries()) values.set(source.subarray(row * words, (row + 1) * words), group * words);
  const { buffer } = values;
  return { layout: 'fixed', spec, validity, values: words === 4 ? new Uint8Array(buffer) : new BigUint64Array(buffer) };
}
