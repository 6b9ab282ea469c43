import { bitSpec, bitsSpec, type SketchName, sketchNames } from '../store/rollup-columns.ts';
import { sketchBits } from '../store/sketch.ts';

export const bitNames = sketchNames.map((name) => bitsSpec(name).name);

/** The columns that have the place of a bitmap's bit where it has one alone, in place of the bitmap: of most tokens it is so. */
export const placeNames = sketchNames.map((name) => bitSpec(name).name);
export const noPlaces = placeNames.map((name) => `NULL::USMALLINT AS ${name}`).join(', ');

/**
 * A type of the digits of all bitmaps with one bit, in the order of its places: to find a text among its values takes a quarter of what
 * it takes to count bits and to look for one.
 */
export const createSingleBit = `CREATE TYPE single_bit AS ENUM (
  SELECT hex(set_bit(repeat('0', ${sketchBits})::BIT, place::INTEGER, 1)::BLOB) FROM range(${sketchBits}) t(place) ORDER BY place)`;

/** A SELECT of stored rows of rollups with all places: files of older versions have none in any row. */
export function placesOf(rows: string): string {
  const hasNone = `coalesce(${placeNames.join(', ')}) IS NULL`;
  const places = sketchNames.map(
    (name) =>
      `if(${hasNone}, enum_code(TRY_CAST(hex(${name}_bits) AS single_bit))::USMALLINT, ${name}_bit) AS ${name}_bit`,
  );
  const bits = sketchNames.map((name) => `if(${name}_bit IS NULL, ${name}_bits, NULL) AS ${name}_bits`);
  return `SELECT * REPLACE (${bits.join(', ')}) FROM (SELECT * REPLACE (${places.join(', ')}) ${rows})`;
}

/** What makes the bitmaps anew in a SELECT of all columns. @param bits SQL of one. */
export function replaced(bits: (name: SketchName) => string): string {
  return `REPLACE (${sketchNames.map((name) => `${bits(name)} AS ${name}_bits`).join(', ')})`;
}
