import { type CondensedName, condensedSpecs } from '../../store/rollup-columns.ts';
import type { RollupTraits } from '../../store/rollup-traits.ts';
import { sketchBytes } from '../../store/sketch.ts';
import type { MemoryPlan } from './memory-plan.ts';

/** Where the rollup of a batch lies in the scanner's memory. All addresses are bytes. */
export interface RollupLayout {
  /** Slots of the table of groups: twice the most there can be, a power of two. */
  readonly slots: number;
  readonly regions: { readonly firstRows: number; readonly keys: number; readonly slots: number };
  readonly columns: Readonly<Record<CondensedName, number>>;
  /** Tables with one entry a code. */
  readonly traits: Readonly<Record<keyof RollupTraits, number>>;
}

/** They stand side by side in memory, so that a counter may be named by its place among them. */
export const counterColumns = condensedSpecs.filter(({ type }) => type === 'uint32');

/** A group's key, drawn in assembly/rollup-group.ts. */
export const groupKeyBytes = 80;

export function planRollup(memory: MemoryPlan, rowsMax: number, codesMax: number): RollupLayout {
  const slots = 2 ** Math.ceil(Math.log2(2 * rowsMax));
  const counters = memory.take(4 * rowsMax * counterColumns.length);
  const places = condensedSpecs.map((spec) => {
    if (spec.type === 'uint32') return [spec.name, counters + 4 * rowsMax * counterColumns.indexOf(spec)];
    return [spec.name, memory.take((spec.type === 'blob' ? sketchBytes : 8) * rowsMax)];
  });
  const bytes = () => memory.take(codesMax);
  const shorts = () => memory.take(2 * codesMax);
  return {
    slots,
    regions: {
      firstRows: memory.take(4 * rowsMax),
      // Each row's key is written behind those of the groups.
      keys: memory.take(groupKeyBytes * (rowsMax + 1)),
      slots: memory.take(4 * slots),
    },
    columns: Object.fromEntries(places) as Record<CondensedName, number>,
    traits: {
      classCounter: bytes(),
      overwrites: bytes(),
      isPublic: bytes(),
      isHttp: bytes(),
      isOldTls: bytes(),
      containerBit: bytes(),
      toolBit: bytes(),
      addressBit: shorts(),
      networkBit: shorts(),
    },
  };
}
