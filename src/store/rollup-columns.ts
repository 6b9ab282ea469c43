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

/** Columns that are made of all rows of a group and null in none. */
export const condensedSpecs = [
  { name: 'bucket', type: 'timestamp' },
  ...counterNames.map((name) => ({ name, type: 'uint32' as const })),
  { name: 'bytes_out', type: 'int64' },
  { name: 'bytes_in', type: 'int64' },
  { name: 'container_bits', type: 'uint64' },
  { name: 'agent_bits', type: 'uint64' },
  { name: 'min_time', type: 'timestamp' },
  { name: 'max_time', type: 'timestamp' },
] as const;
export type CondensedName = (typeof condensedSpecs)[number]['name'];
export type IdentityName = (typeof identitySpecs)[number]['name'];

/** What there are bitmaps of. */
export const sketchNames = ['ip', 'network', 'object'] as const;
export type SketchName = (typeof sketchNames)[number];

export const bitsSpec = (name: SketchName) => ({ name: `${name}_bits`, type: 'blob' }) as const;
export const bitSpec = (name: SketchName) => ({ name: `${name}_bit`, type: 'uint16' }) as const;

/** Bytes of the longest suffix that is told. */
export const suffixBytesMax = 16;

/** The first byte where names have different suffixes, or one that is too long: no UTF-8 text begins with it. */
export const suffixesDiffer = 0xff;

/** Text behind the last dot of all names that a group wrote; '' where none has one, null where they differ or are too long. */
export const suffixSpec = { name: 'suffix', type: 'dictionary' } as const;

const [bucketSpec, ...valueSpecs] = condensedSpecs;

/**
 * The columns of a rollup file, in its order. Where a bitmap has one bit, as those of most tokens have, `…_bit` has its place and
 * `…_bits` is null; files of older versions have bitmaps alone.
 */
export const rollupSpecs = [
  bucketSpec,
  ...identitySpecs,
  ...valueSpecs,
  ...sketchNames.map(bitsSpec),
  ...sketchNames.map(bitSpec),
  suffixSpec,
] as const;

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
  /** One value a group. */
  readonly values: Readonly<Record<CondensedName, FixedValues>>;
  readonly sketches: Readonly<Record<SketchName, Sketches>>;
  /** `suffixBytesMax` bytes a group: the suffix and zeros behind it; zeros for none. */
  readonly suffixes: Uint8Array<ArrayBuffer>;
}

/** The bitmaps of some groups: of each the place of its bit, or else all bits. */
export interface Sketches {
  readonly places: Uint16Array<ArrayBuffer>;
  /** Arrow bitmap of the groups that have a place. */
  readonly placed: Uint8Array<ArrayBuffer>;
  /** The bitmaps of the others. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each group's begins, and where the last ends: it has no bytes where the group has a place. */
  readonly offsets: Int32Array<ArrayBuffer>;
  /** Arrow bitmap of the groups that have one. */
  readonly whole: Uint8Array<ArrayBuffer>;
}
