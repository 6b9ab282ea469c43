import type { FixedValues } from '../../core/batch.ts';
import {
  type Condensed,
  type CondensedName,
  condensedSpecs,
  type IdentityColumn,
  type IdentityName,
  identitySpecs,
  type Sketches,
  type SketchName,
  sketchNames,
  suffixBytesMax,
} from '../../store/rollup-columns.ts';
import type { RollupTraits } from '../../store/rollup-traits.ts';
import { sketchBytes } from '../../store/sketch.ts';
import { scannerLayout } from './scanner-layout.ts';
import type { ScannerExports } from './scanner-module.ts';

const { columns, regions, validity, sketches, traits: traitPlaces } = scannerLayout.rollup;

/** Condenses the scanner's batch where it lies; what comes back is valid until the next one. */
export function condenseInScanner(scanner: ScannerExports, memory: ArrayBuffer, traits: RollupTraits): Condensed {
  for (const [name, at] of Object.entries(traitPlaces)) {
    const { buffer, byteOffset, byteLength } = traits[name as keyof RollupTraits];
    new Uint8Array(memory, at).set(new Uint8Array(buffer, byteOffset, byteLength));
  }
  const groups = scanner.rollUp();
  const columnOf = ({ name, type }: (typeof condensedSpecs | typeof identitySpecs)[number]) =>
    columnAt(memory, columns[name], type, groups);
  const bitmapAt = (at: number) => new Uint8Array(memory, at, (groups + 7) >> 3);
  const identity = identitySpecs.map((spec) => [
    spec.name,
    { validity: bitmapAt(validity[spec.name]), values: columnOf(spec) },
  ]);
  const sketchesOf = (name: SketchName): Sketches => {
    const { places, placed, bytes, offsets, whole } = sketches[name];
    return {
      places: new Uint16Array(memory, places, groups),
      placed: bitmapAt(placed),
      bytes: new Uint8Array(memory, bytes, groups * sketchBytes),
      offsets: new Int32Array(memory, offsets, groups + 1),
      whole: bitmapAt(whole),
    };
  };
  return {
    groups,
    identity: Object.fromEntries(identity) as Record<IdentityName, IdentityColumn>,
    values: Object.fromEntries(condensedSpecs.map((spec) => [spec.name, columnOf(spec)])) as Record<
      CondensedName,
      FixedValues
    >,
    suffixes: new Uint8Array(memory, regions.suffixes, groups * suffixBytesMax),
    sketches: Object.fromEntries(sketchNames.map((name) => [name, sketchesOf(name)])) as Record<SketchName, Sketches>,
  };
}

function columnAt(
  memory: ArrayBuffer,
  at: number,
  type: (typeof condensedSpecs | typeof identitySpecs)[number]['type'],
  groups: number,
): FixedValues {
  switch (type) {
    case 'uuid':
      return new Uint8Array(memory, at, groups * 16);
    case 'dictionary':
      return new Uint16Array(memory, at, groups);
    case 'uint32':
      return new Uint32Array(memory, at, groups);
    case 'uint64':
      return new BigUint64Array(memory, at, groups);
    default:
      return new BigInt64Array(memory, at, groups);
  }
}
