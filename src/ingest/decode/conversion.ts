import { parseLastModified, parseTimestamp, type Timestamp } from '../../core/timestamp.ts';

/**
 * A field's value as its column holds it: null where the field says nothing, undefined where the value does not fit the
 * column and belongs to `extra`.
 */
export type Converted<T> = T | null | undefined;

/** Null and the empty text are what absent fields are. */
function isAbsent(value: unknown): value is null | undefined | '' {
  return value === null || value === undefined || value === '';
}

/** Texts; numbers and booleans as their JSON text. */
export function toText(value: unknown): Converted<string> {
  if (isAbsent(value)) return null;
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? undefined : JSON.stringify(value);
}

function toNumber(value: unknown, form: RegExp): Converted<number> {
  if (isAbsent(value)) return null;
  if (typeof value === 'number') return value;
  return typeof value === 'string' && form.test(value) ? Number(value) : undefined;
}

/** Whole numbers from 0 to `max`, as numbers or as decimal digits. */
export function toInteger(value: unknown, max: number): Converted<number> {
  const number = toNumber(value, /^\d{1,16}$/);
  if (typeof number !== 'number') return number;
  return Number.isSafeInteger(number) && number >= 0 && number <= max ? number : undefined;
}

/** Finite numbers from 0, as numbers or as their JSON text. */
export function toFloat(value: unknown): Converted<number> {
  const number = toNumber(value, /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/);
  if (typeof number !== 'number') return number;
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

/** HTTP or NTSTATUS codes of 32 bits, as numbers or as decimal digits; "Unknown" in any case says nothing. */
export function toStatus(value: unknown): Converted<number> {
  if (typeof value === 'string' && value.toLowerCase() === 'unknown') return null;
  const number = toNumber(value, /^-?\d{1,10}$/);
  if (typeof number !== 'number') return number;
  return Number.isInteger(number) && (number | 0) === number ? number : undefined;
}

const plainUuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const uuidForm = /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$/;

/** A UUID with dashes, in any case. */
export function toUuid(value: unknown): Converted<string> {
  if (isAbsent(value)) return null;
  return typeof value === 'string' && uuidForm.test(value) ? value : undefined;
}

/** True for the one spelling of a UUID that comes back unchanged from its 16 bytes. */
export function isPlainUuid(text: string): boolean {
  return plainUuidForm.test(text);
}

const etagForm = /^"?0x([0-9A-Fa-f]{1,16})"?$/;

/** `"0x8DA1B2C3D4E5F60"`, with or without its quotes. */
export function toEtag(value: unknown): Converted<bigint> {
  if (isAbsent(value)) return null;
  const digits = typeof value === 'string' ? etagForm.exec(value)?.[1] : undefined;
  return digits === undefined ? undefined : BigInt(`0x${digits}`);
}

/** An MD5 as 24 characters of base64 or 32 hexadecimal digits. */
export function toMd5(value: unknown): Converted<Uint8Array | string> {
  if (isAbsent(value)) return null;
  if (typeof value !== 'string') return undefined;
  if (/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(value)) return Buffer.from(value, 'base64');
  return /^[0-9A-Fa-f]{32}$/.test(value) ? value : undefined;
}

export function toTimestamp(value: unknown): Converted<Timestamp> {
  if (isAbsent(value)) return null;
  return (typeof value === 'string' ? parseTimestamp(value) : null) ?? undefined;
}

/** Storage writes the first day of 1601 for objects that have no such time. */
export function toLastModified(value: unknown): Converted<Timestamp> {
  if (isAbsent(value) || (typeof value === 'string' && value.startsWith('1601/01/01'))) return null;
  return (typeof value === 'string' ? parseLastModified(value) : null) ?? undefined;
}
