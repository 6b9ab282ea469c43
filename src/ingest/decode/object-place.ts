import { decodePercent } from '../../core/sas.ts';

const copySourceOperations: ReadonlySet<string> = new Set(['CopyBlobSource', 'CopyFileSource']);
/** True for the operation whose rows show the source of a copy. */
export function isCopySource(operation: string): boolean {
  return copySourceOperations.has(operation);
}

const urlForm = /^https?:\/\//i;

/**
 * The URL of a copy's source, for the rows whose object key and uri hold it, with its SAS, instead of the object's place.
 * Such rows say nothing about a container of the logged account. Null for other rows.
 */
export function copySource(operation: string, objectKey: string, uri: string): string | null {
  if (urlForm.test(objectKey)) return objectKey;
  return isCopySource(operation) ? uri : null;
}

function segment(path: string, index: number): string | null {
  return (path.startsWith('/') ? path.split('/', index + 2)[index + 1] : undefined) || null;
}

/**
 * Container, share, queue or table: the second part of `/account/container/name`, or the first of the uri's path where
 * the object key has none, as in file REST requests. A table's name ends before its `(keys)`.
 */
export function containerOf(service: string, objectKey: string, uriPath: string): string | null {
  const fromUri = service === 'file' || objectKey === '';
  const name = segment(objectKey, 1) ?? (fromUri ? segment(decodePercent(uriPath), 0) : null);
  return service === 'table' ? (name?.split('(', 1)[0] ?? null) : name;
}
