import { decodePercent } from '../../core/sas.ts';
import { parseUri, type StorageUri } from '../../core/storage-uri.ts';

const copySourceOperations: ReadonlySet<string> = new Set(['CopyBlobSource', 'CopyFileSource']);
const urlForm = /^https?:\/\//i;

/**
 * The source of a copy, for the rows whose object key and uri hold the source's URL, with its SAS, instead of the
 * object's place. Such rows say nothing about a container of the logged account.
 */
export function copySource(operation: string, objectKey: string, uri: string | null): StorageUri | null {
  if (urlForm.test(objectKey)) return parseUri(objectKey);
  if (!copySourceOperations.has(operation)) return null;
  return parseUri(uri ?? '') ?? { base: '', path: '', query: null };
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
