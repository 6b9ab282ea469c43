import type { VectorKernel } from '../../core/vector-kernel.ts';
import { scannerLayout, scannerSizes } from './scanner-layout.ts';
import type { ScannerExports } from './scanner-module.ts';

/** The scanner at work for a writer of its batch; what it makes lies where rows are gathered while they are sorted. */
export function scannerVectors(scanner: ScannerExports, memory: ArrayBuffer): VectorKernel {
  return {
    memory,
    made: new Uint8Array(memory, scannerLayout.regions.gather, 16 * scannerSizes.rowsMax),
    narrowCodes: (codes, count) => scanner.narrowCodes(codes, count),
    flipUuids: (values, count) => scanner.flipUuids(values, count),
    textElements: (offsets, count, bytes, end, base, utf8) =>
      scanner.textElements(offsets, count, bytes, end, base, Number(utf8)) !== 0,
  };
}
