// The hash table by which values that differ are found. It is emptied for every column: its codes are stamped with the number
// of the column, so that it need not be cleared.
import { DISTINCT_SLOTS, DISTINCT_SLOTS_AT } from './layout';

/** Above the codes, which are at most 32,768. */
const STAMP_STEP: u32 = 1 << 16;
let stamp: u32 = 0;

export function clearSlots(): void {
  stamp += STAMP_STEP;
  if (stamp != 0) return;
  memory.fill(DISTINCT_SLOTS_AT, 0, DISTINCT_SLOTS << 2);
  stamp = STAMP_STEP;
}

// @ts-ignore: decorator
@inline
function slotAt(slot: u32): usize {
  return DISTINCT_SLOTS_AT + (<usize>(slot & (DISTINCT_SLOTS - 1)) << 2);
}

/** One more than the code in a slot, 0 if it is empty; slots are numbered round and round. */
// @ts-ignore: decorator
@inline
export function codeIn(slot: u32): u32 {
  const code = load<u32>(slotAt(slot)) ^ stamp;
  return code < STAMP_STEP ? code : 0;
}

/** Fills a slot with one more than a code. */
// @ts-ignore: decorator
@inline
export function putCode(slot: u32, code: u32): void {
  store<u32>(slotAt(slot), code | stamp);
}
