import { sketchBits } from '../store/sketch.ts';

const names = ['ip', 'network', 'object'] as const;

export const bitNames = names.map((name) => `${name}_bits`);

/** The columns that have the place of a bitmap's bit where it has one alone, in place of the bitmap: of most tokens it is so. */
export const placeNames = names.map((name) => `${name}_bit`);
export const noPlaces = placeNames.map((name) => `NULL::USMALLINT AS ${name}`).join(', ');

const noBit = `repeat('0', ${sketchBits})::BIT`;
const ofPlace = (name: string) => `set_bit(${noBit}, ${name}_bit::INTEGER, 1)`;

/** A table of all bitmaps that have one bit. */
export const createSingleBits = `CREATE TABLE single_bit AS
  SELECT set_bit(${noBit}, place::INTEGER, 1)::BLOB AS bits, place::USMALLINT AS place FROM range(${sketchBits}) t(place)`;

/** A SELECT of a relation with the places; each of its bitmaps, a BLOB, is null where there is one. */
export function placesOf(relation: string): string {
  const bits = names.map((name) => `if(${name}.place IS NULL, u.${name}_bits, NULL) AS ${name}_bits`);
  const places = names.map((name) => `${name}.place AS ${name}_bit`);
  const joins = names.map((name) => `LEFT JOIN single_bit ${name} ON ${name}.bits = u.${name}_bits`);
  return `SELECT u.* REPLACE (${bits.join(', ')}), ${places.join(', ')} FROM (${relation}) u ${joins.join(' ')}`;
}

/** SQL of a bitmap of a relation that has the places, by the name of its column. */
type Bits = (name: string) => string;
export const bitsAsBlob: Bits = (name) => `coalesce(${name}_bits, ${ofPlace(name)}::BLOB)`;
export const bitsAsBit: Bits = (name) => `coalesce(${name}_bits::BIT, ${ofPlace(name)})`;

/** What makes the bitmaps anew in a SELECT of all columns. */
export function replaced(bits: Bits): string {
  return `REPLACE (${names.map((name) => `${bits(name)} AS ${name}_bits`).join(', ')})`;
}
