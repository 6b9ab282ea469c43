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

/** The counters of successful requests by operation class: what is none of the known ones is among `others`. */
export const classCounterNames = [...Object.values(classCounters), 'others'] as const;

const known: Readonly<Record<string, ClassCounter>> = classCounters;

export function counterOfClass(operationClass: string): (typeof classCounterNames)[number] {
  return known[operationClass] ?? 'others';
}

export const counterNames = [
  'rows',
  'n',
  'ok',
  'errors',
  'public_n',
  'http_n',
  'old_tls_n',
  ...classCounterNames,
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
