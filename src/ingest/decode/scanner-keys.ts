import type { ColumnSpec, Conversion } from '../../core/columns.ts';
import { type Field, fields } from './field.ts';

/** What the scanner does with a field's value: the arms of the switch in assembly/record.ts. */
export const keyKinds = [
  'host',
  'object',
  'dictionary',
  'text',
  'time',
  'int64',
  'int32',
  'float64',
  'status',
  'caller',
  'uuid',
  'request_id',
  'token_hash',
  'json',
  'object_key',
  'uri',
  'etag',
  'md5',
  'last_modified',
] as const;

export type KeyKind = (typeof keyKinds)[number];

/** A name the scanner knows in one object of the record. */
export interface ScannerKey {
  /** Index in `objectPaths` of the object it is a member of. */
  readonly object: number;
  readonly name: string;
  readonly path: string;
  readonly kind: KeyKind;
  /** The column its value goes to; null for an object. */
  readonly spec: ColumnSpec | null;
  /** For an object: its index in `objectPaths`. */
  readonly child: number;
}

const kinds: Readonly<Partial<Record<Conversion, KeyKind>>> = {
  time: 'time',
  number: 'float64',
  status: 'status',
  caller: 'caller',
  token_hash: 'token_hash',
  json: 'json',
  object_key: 'object_key',
  uri: 'uri',
  etag: 'etag',
  md5: 'md5',
  last_modified: 'last_modified',
};

/** A conversion the scanner does not know is the host's: its records are read by the reference decoder. */
function keyKind({ conversion, spec: { type } }: Field): KeyKind {
  if (conversion === 'text') return type === 'dictionary' ? 'dictionary' : type === 'utf8' ? 'text' : 'host';
  if (conversion === 'integer') return type === 'int64' || type === 'int32' ? type : 'host';
  if (conversion === 'uuid') return type === 'uuid' ? 'uuid' : 'request_id';
  return kinds[conversion] ?? 'host';
}

/** Path of the object a field is in, '' for the record itself. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('.'), 0));
}

function nestedObjects(): string[] {
  const paths = new Set<string>();
  for (const path of fields.keys()) {
    for (let parent = parentOf(path); parent !== ''; parent = parentOf(parent)) paths.add(parent);
  }
  return [...paths].sort();
}

/** Objects whose members have columns, by their path; the first is the record itself. */
export const objectPaths: readonly string[] = ['', ...nestedObjects()];

function scannerKey(path: string, rest: Pick<ScannerKey, 'kind' | 'spec' | 'child'>): ScannerKey {
  return { object: objectPaths.indexOf(parentOf(path)), name: path.slice(path.lastIndexOf('.') + 1), path, ...rest };
}

/** The key table: every Azure field that has a column, and the objects they are in. Made from `columns`. */
export const scannerKeys: readonly ScannerKey[] = [
  ...objectPaths.slice(1).map((path, i) => scannerKey(path, { kind: 'object', spec: null, child: i + 1 })),
  ...[...fields.values()].map((field) => scannerKey(field.path, { kind: keyKind(field), spec: field.spec, child: 0 })),
];
