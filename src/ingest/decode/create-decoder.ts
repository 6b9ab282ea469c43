import type { Decoder } from './decoder.ts';
import { ReferenceDecoder } from './resource-log.ts';
import { ScannerDecoder } from './scanner.ts';
import { scannerModule } from './scanner-module.ts';

/** `scanner`: WASM SIMD, an order of magnitude faster; `reference`: plain TypeScript. Both give the same rows. */
export type DecoderName = 'scanner' | 'reference';

/** The decoder of a lane; where there is no WASM SIMD, the reference decoder whatever was asked for. */
export function createDecoder(name: DecoderName, rowsMax: number): Decoder {
  const module = name === 'scanner' ? scannerModule() : null;
  return module === null ? new ReferenceDecoder(rowsMax) : new ScannerDecoder(module, rowsMax);
}
