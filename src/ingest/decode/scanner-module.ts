import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { ScannerHost } from './scanner-host.ts';

/** What assembly/index.ts exports. Addresses are bytes of the memory; booleans are 0 and 1. */
export interface ScannerExports {
  start(seed: bigint): void;
  setRowsMax(rows: number): void;
  scan(at: number, end: number, lines: number, final: number, sourceId: bigint): number;
  scanClassic(at: number, end: number, final: number, sourceId: bigint): number;
  lastStatus(): number;
  unsureKey(): number;
  find(dictionary: number, at: number, length: number): number;
  fits(dictionary: number, length: number): number;
  intern(dictionary: number, at: number, length: number): number;
  rowCount(): number;
  keep(present: bigint): void;
  sortRows(): void;
  writeValidity(): void;
  rollUp(): number;
  roomForRow(): number;
  meetSas(id: bigint, kind: number): void;
  sasRows(): number;
  clearSasColumns(): void;
  narrowCodes(codes: number, count: number): number;
  flipUuids(values: number, count: number): void;
  textElements(offsets: number, count: number, bytes: number, end: number, base: bigint, utf8: number): number;
  presentRows(validity: number, rows: number): number;
  gatherPresent(values: number, width: number, count: number): void;
  widen(values: number, width: number, count: number, all: number): void;
  distinctValues(values: number, width: number, count: number, most: number): number;
  packCodes(codes: number, count: number, width: number): number;
  markCodes(codes: number, count: number): number;
  packDeltas(values: number, width: number, count: number): number;
  repeatCount(): number;
  leastAt(values: number, width: number, count: number, signed: number): number;
  greatestAt(): number;
  textLengths(offsets: number, count: number, bytes: number, end: number, utf8: number): number;
  presentTexts(offsets: number, count: number, bytes: number, end: number, utf8: number): number;
  plainTexts(offsets: number, bytes: number, rows: number, count: number): number;
  distinctTexts(offsets: number, count: number, bytes: number, most: number, oneIn: number, mostBytes: number): number;
  sharedPrefixes(offsets: number, count: number, bytes: number): number;
  joinSuffixes(offsets: number, suffixes: number, count: number, bytes: number): number;
  leastText(offsets: number, count: number, bytes: number): number;
  reset(): void;
}

/** `lastStatus`: the scan came to the end, to a record it is not sure of, or to one there is no room for. */
export const scanStatus = { done: 0, unsure: 1, full: 2 } as const;

let compiled: WebAssembly.Module | null | undefined;

/**
 * The compiled scanner; null where this Node or processor has no WASM SIMD. Compiled once a thread.
 *
 * @throws Error if the package has not been built.
 */
export function scannerModule(): WebAssembly.Module | null {
  if (compiled === undefined) {
    const bytes = readFileSync(createRequire(import.meta.url).resolve('#scanner'));
    compiled = WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null;
  }
  return compiled;
}

/** An instance over `memory`. */
export function instantiateScanner(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  host: ScannerHost,
): ScannerExports {
  const { exports } = new WebAssembly.Instance(module, { env: { memory }, host });
  return exports as ScannerExports;
}
