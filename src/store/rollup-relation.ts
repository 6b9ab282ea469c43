import { resolve } from 'node:path';
import type { SegmentFile } from './commit.ts';
import { filesRelation } from './parquet-relation.ts';
import { bitSpec, bitsSpec, rollupSpecs, type SketchName, sketchNames } from './rollup-columns.ts';
import { sketchBits } from './sketch.ts';

type RollupFile = Pick<SegmentFile, 'rollupPath'>;

/** SQL of the bitmap, a BIT, of a place; null where there is none. */
function bitsOfPlace(name: SketchName): string {
  return `set_bit(repeat('0', ${sketchBits})::BIT, ${bitSpec(name).name}::INTEGER, 1)`;
}

/** SQL of a stored bitmap, a BIT, that may be null in favour of its place. */
export function bitsAsBit(name: SketchName): string {
  return `coalesce(${bitsSpec(name).name}::BIT, ${bitsOfPlace(name)})`;
}

/** The same, a BLOB. */
export function bitsAsBlob(name: SketchName): string {
  return `coalesce(${bitsSpec(name).name}, ${bitsOfPlace(name)}::BLOB)`;
}

/** SQL of the place of a BIT's only bit; null where it has another number of them. */
export function placeOfBits(bits: string): string {
  return `if(bit_count(${bits}) = 1, length(split_part(${bits}::VARCHAR, '1', 1)), NULL)::USMALLINT`;
}

/**
 * A FROM clause over the rollups of some segments as they are stored, with the place of a bitmap's bit or else the bitmap.
 *
 * @param virtual further columns of the reader.
 */
export function storedRollup(dataDir: string, files: readonly RollupFile[], virtual: readonly string[] = []): string {
  const paths = files.map(({ rollupPath }) => rollupPath);
  return filesRelation(resolve(dataDir), paths, rollupSpecs, virtual);
}

/** A FROM clause over rows as they are stored that has all bitmaps whole, and no places. */
export function wholeBitmaps(stored: string): string {
  const places = sketchNames.map((name) => bitSpec(name).name);
  const bits = sketchNames.map((name) => `${bitsAsBlob(name)} AS ${bitsSpec(name).name}`);
  return `(SELECT * EXCLUDE (${places.join(', ')}) REPLACE (${bits.join(', ')}) FROM ${stored})`;
}

/** The rollups of some segments as everybody is shown them who reads bitmaps. */
export function rollupRelation(dataDir: string, files: readonly RollupFile[]): string {
  return wholeBitmaps(storedRollup(dataDir, files));
}
