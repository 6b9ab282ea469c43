import type { FixedValues } from '../../core/batch.ts';
import {
  type Condensed,
  type CondensedName,
  condensedSpecs,
  type IdentityColumn,
  type IdentityName,
  identitySpecs,
} from '../../store/rollup-columns.ts';
import type { RollupTraits } from '../../store/rollup-traits.ts';
import { sketchBytes } from '../../store/sketch.ts';
import { scannerLayout } from './scanner-layout.ts';
import type { ScannerExports } from './scanner-module.ts';

const { regions, columns, validity, traits: traitPlaces } = scannerLayout.rollup;

/** Condenses the scanner's batch where it lies; what comes back is valid until the next one. */
export function condenseInScanner(scanner: ScannerExports, memory: ArrayBuffer, traits: RollupTraits): Condensed {
  for (const [name, at] of Object.entries(traitPlaces)) {
    const { buffer, byteOffset, byteLength } = traits[name as keyof RollupTraits];
    new Uint8Array(memory, at).set(new Uint8Array(buffer, byteOffset, byteLength));
  }
  const groups = scanner.rollUp();
  const columnOf = ({ name, type }: (typeof condensedSpecs | typeof identitySpecs)[number]) =>
    columnAt(memory, columns[name], type, groups);
  const bitmapOf = (name: IdentityName) => new Uint8Array(memory, validity[name], (groups + 7) >> 3);
  const identity = identitySpecs.map((spec) => [spec.name, { validity: bitmapOf(spec.name), values: columnOf(spec) }]);
  return {
    groups,
    identity: Object.fromEntries(identity) as Record<IdentityName, IdentityColumn>,
    values: Object.fromEntries(condensedSpecs.map((spec) => [spec.name, columnOf(spec)])) as Record<
      CondensedName,
      FixedValues
    >,
    sketchOffsets: new Int32Array(memory, regions.sketchOffsets, groups + 1),
  };
}

function columnAt(
  memory: ArrayBuffer,
  at: number,
  type: (typeof condensedSpecs | typeof identitySpecs)[number]['type'],
  groups: number,
): FixedValues {
  switch (type) {
    case 'blob':
      return new Uint8Array(memory, at, groups * sketchBytes);
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
