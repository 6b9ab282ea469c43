import type { FixedValues } from '../core/batch.ts';
import { counterNames } from './rollup-counters.ts';

/** Length of a rollup's time bucket. */
export const bucketMicros = 300_000_000;

/** Columns of a rollup that rows of one group share: they are taken from its first row. */
export const identitySpecs = [
  { name: 'account', type: 'dictionary' },
  { name: 'auth_type', type: 'dictionary' },
  { name: 'token', type: 'uint64' },
  { name: 'token_hash', type: 'uuid' },
  { name: 'token_fingerprint', type: 'uint64' },
  { name: 'sas_id', type: 'uint64' },
  { name: 'key_name', type: 'dictionary' },
  { name: 'key_hash', type: 'uuid' },
] as const;

/** Columns that are made of all rows of a group; a blob is a sketch. */
export const condensedSpecs = [
  { name: 'bucket', type: 'timestamp' },
  ...counterNames.map((name) => ({ name, type: 'uint32' as const })),
  { name: 'bytes_out', type: 'int64' },
  { name: 'bytes_in', type: 'int64' },
  { name: 'container_bits', type: 'uint64' },
  { name: 'agent_bits', type: 'uint64' },
  { name: 'ip_bits', type: 'blob' },
  { name: 'network_bits', type: 'blob' },
  { name: 'object_bits', type: 'blob' },
  { name: 'min_time', type: 'timestamp' },
  { name: 'max_time', type: 'timestamp' },
] as const;
export type CondensedName = (typeof condensedSpecs)[number]['name'];
export type IdentityName = (typeof identitySpecs)[number]['name'];

const [bucketSpec, ...valueSpecs] = condensedSpecs;

/** The columns of a rollup file, in its order. */
export const rollupSpecs = [bucketSpec, ...identitySpecs, ...valueSpecs] as const;

/** A column of the batch, of the first row of each group only. */
export interface IdentityColumn {
  readonly validity: Uint8Array<ArrayBuffer> | null;
  /** Codes, where the batch has a dictionary. */
  readonly values: FixedValues;
}

/** A batch condensed to groups of rows that share an identity and a time bucket, in the order of their first rows. */
export interface Condensed {
  readonly groups: number;
  readonly identity: Readonly<Record<IdentityName, IdentityColumn>>;
  /** One value a group, of a sketch `sketchBytes` bytes; the buffers may be longer. */
  readonly values: Readonly<Record<CondensedName, FixedValues>>;
  /** Where each sketch of a column begins, and where the last ends. */
  readonly sketchOffsets: Int32Array<ArrayBuffer>;
}
