import { valueBytes } from '../../core/batch.ts';
import {
  type CondensedName,
  condensedSpecs,
  type IdentityName,
  identitySpecs,
  type Sketches,
  type SketchName,
  sketchNames,
  suffixBytesMax,
} from '../../store/rollup-columns.ts';
import type { RollupTraits } from '../../store/rollup-traits.ts';
import { sketchBytes } from '../../store/sketch.ts';
import type { MemoryPlan } from './memory-plan.ts';

/** Where the rollup of a batch lies in the scanner's memory. All addresses are bytes. */
export interface RollupLayout {
  /** Slots of the table of groups: twice the most there can be, a power of two. */
  readonly slots: number;
  /** From one counter to the next. */
  readonly counterBytes: number;
  readonly regions: { readonly keys: number; readonly slots: number; readonly suffixes: number };
  readonly columns: Readonly<Record<CondensedName | IdentityName, number>>;
  /** Arrow bitmaps. */
  readonly validity: Readonly<Record<IdentityName, number>>;
  readonly sketches: Readonly<Record<SketchName, Readonly<Record<keyof Sketches, number>>>>;
  /** Tables with one entry a code. */
  readonly traits: Readonly<Record<keyof RollupTraits, number>>;
}

/** They stand side by side in memory, so that a counter may be named by its place among them. */
export const counterColumns = condensedSpecs.filter(({ type }) => type === 'uint32');

/** A group's key, drawn in assembly/rollup-group.ts. */
export const groupKeyBytes = 80;

/** Counters of a group are written together: a whole page from one to the next, they would push each other out of the cache. */
const counterGapBytes = 192;

export function planRollup(memory: MemoryPlan, rowsMax: number, codesMax: number): RollupLayout {
  const slots = 2 ** Math.ceil(Math.log2(2 * rowsMax));
  const counterBytes = 4 * rowsMax + counterGapBytes;
  const counters = memory.take(counterBytes * counterColumns.length);
  const places = condensedSpecs.map((spec) => {
    if (spec.type === 'uint32') return [spec.name, counters + counterBytes * counterColumns.indexOf(spec)];
    return [spec.name, memory.take(8 * rowsMax)];
  });
  const identity = identitySpecs.map(({ name, type }) => [name, memory.take(valueBytes[type] * rowsMax)]);
  const validity = identitySpecs.map(({ name }) => [name, memory.take(rowsMax / 8)]);
  const sketches = sketchNames.map((name) => [
    name,
    {
      places: memory.take(2 * rowsMax),
      placed: memory.take(rowsMax / 8),
      bytes: memory.take(sketchBytes * rowsMax),
      offsets: memory.take(4 * (rowsMax + 1)),
      whole: memory.take(rowsMax / 8),
    },
  ]);
  const bytes = () => memory.take(codesMax);
  const shorts = () => memory.take(2 * codesMax);
  return {
    slots,
    counterBytes,
    regions: {
      // Each row's key is written behind those of the groups.
      keys: memory.take(groupKeyBytes * (rowsMax + 1)),
      slots: memory.take(4 * slots),
      suffixes: memory.take(suffixBytesMax * rowsMax),
    },
    columns: Object.fromEntries([...places, ...identity]) as RollupLayout['columns'],
    validity: Object.fromEntries(validity) as RollupLayout['validity'],
    sketches: Object.fromEntries(sketches) as RollupLayout['sketches'],
    traits: {
      classCounter: bytes(),
      overwrites: bytes(),
      isPublic: bytes(),
      isHttp: bytes(),
      isOldTls: bytes(),
      isWrite: bytes(),
      containerBit: bytes(),
      toolBit: bytes(),
      addressBit: shorts(),
      networkBit: shorts(),
    },
  };
}
