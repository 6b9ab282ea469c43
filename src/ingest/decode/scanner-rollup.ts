import type { FixedValues } from '../../core/batch.ts';
import { type Condensed, type CondensedName, condensedSpecs } from '../../store/rollup-columns.ts';
import type { RollupTraits } from '../../store/rollup-traits.ts';
import { sketchBytes } from '../../store/sketch.ts';
import { scannerLayout } from './scanner-layout.ts';
import type { ScannerExports } from './scanner-module.ts';

const { regions, columns, traits: traitPlaces } = scannerLayout.rollup;

/** Condenses the scanner's batch where it lies; what comes back is valid until the next one. */
export function condenseInScanner(scanner: ScannerExports, memory: ArrayBuffer, traits: RollupTraits): Condensed {
  for (const [name, at] of Object.entries(traitPlaces)) {
    const { buffer, byteOffset, byteLength } = traits[name as keyof RollupTraits];
    new Uint8Array(memory, at).set(new Uint8Array(buffer, byteOffset, byteLength));
  }
  const groups = scanner.rollUp();
  const values = condensedSpecs.map(({ name, type }) => [name, columnAt(memory, columns[name], type, groups)]);
  return {
    firstRow: new Uint32Array(memory, regions.firstRows, groups),
    values: Object.fromEntries(values) as Record<CondensedName, FixedValues>,
  };
}

function columnAt(
  memory: ArrayBuffer,
  at: number,
  type: (typeof condensedSpecs)[number]['type'],
  groups: number,
): FixedValues {
  switch (type) {
    case 'blob':
      return new Uint8Array(memory, at, groups * sketchBytes);
    case 'uint32':
      return new Uint32Array(memory, at, groups);
    case 'uint64':
      return new BigUint64Array(memory, at, groups);
    default:
      return new BigInt64Array(memory, at, groups);
  }
}
