// Names of the parameters of a SAS as words of eight bytes, and the places they have in the order of names; the signature comes
// last.
//
//   slots   u8 x 128        0, or place + 1
import { SAS_NAME_SLOTS_AT, SAS_NAMES_AT, SAS_PARAMETER_COUNT } from './layout';

const SLOTS: usize = 128;

/** Place of the signature, which is no part of a set. */
export const SIG: u32 = SAS_PARAMETER_COUNT;

// @ts-ignore: decorator
@inline
function slotOf(name: u64): usize {
  return <usize>((name * 0x9e3779b97f4a7c15) >> 57);
}

/** The name at a place. */
// @ts-ignore: decorator
@inline
export function nameAt(place: u32): u64 {
  return load<u64>(SAS_NAMES_AT + ((<usize>place) << 3));
}

export function indexSasNames(): void {
  for (let place: u32 = 0; place <= SIG; place++) {
    let slot = slotOf(nameAt(place));
    while (load<u8>(SAS_NAME_SLOTS_AT + slot)) slot = (slot + 1) & (SLOTS - 1);
    store<u8>(SAS_NAME_SLOTS_AT + slot, place + 1);
  }
}

/** Place of a name, -1 for one that no SAS has. */
export function placeOf(name: u64): i32 {
  let slot = slotOf(name);
  for (;;) {
    const place = <u32>load<u8>(SAS_NAME_SLOTS_AT + slot) - 1;
    if (<i32>place < 0) return -1;
    if (nameAt(place) == name) return place;
    slot = (slot + 1) & (SLOTS - 1);
  }
  return -1;
}

/** The first `n` bytes of a word, 1 to 8. */
// @ts-ignore: decorator
@inline
export function firstBytes(word: u64, n: usize): u64 {
  return word & ((<u64>-1) >> ((8 - n) << 3));
}

/** Index of the first byte `c` of a word, 8 if there is none. */
// @ts-ignore: decorator
@inline
export function indexIn(word: u64, c: u64): usize {
  const x = word ^ (c * 0x0101010101010101);
  return <usize>(ctz((x - 0x0101010101010101) & ~x & 0x8080808080808080) >> 3);
}
