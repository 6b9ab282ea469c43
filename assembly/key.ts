// Names of members: predicted from the one before, else looked up.
//
// The host writes KEYS_AT: 128 bytes a key, key 0 is "unknown".
//
//    0 `"name":` 32 B | 32 mask 32 B | 64 length u8, name's length u8, kind u8, object u8, child u8, index u8
//   72 column's address u32 | 76 dictionary's state u32 | 80 bit of the column u64 | 88 bit against duplicates u64
//   96 the key that came next, which is written here
//
// A key is the address of its entry.
import { FIRST_KEYS_AT, KEY_COUNT, KEY_SLOTS_AT, KEYS_AT, OBJECT_COUNT } from './layout';
import { skipSpaces } from './json';
import { same, sawEscape, stringEnd } from './text';

const SLOTS: u32 = 256;

export const UNKNOWN: usize = KEYS_AT;

/** The last name `readKey` read. */
export let key: usize = UNKNOWN;
export let nameAt: usize = 0;
export let nameLength: usize = 0;

export function setName(at: usize, n: usize): void {
  nameAt = at;
  nameLength = n;
}

export function keyAt(index: u32): usize {
  return KEYS_AT + ((<usize>index) << 7);
}

export function indexOfKey(entry: usize): u32 {
  return <u32>(entry - KEYS_AT) >> 7;
}

// @ts-ignore: decorator
@inline
export function kindOf(entry: usize): u32 {
  return load<u8>(entry, 66);
}

// @ts-ignore: decorator
@inline
export function childOf(entry: usize): u32 {
  return load<u8>(entry, 68);
}

/** Index of the key's dictionary or text column. */
// @ts-ignore: decorator
@inline
export function indexOf(entry: usize): u32 {
  return load<u8>(entry, 69);
}

// @ts-ignore: decorator
@inline
export function columnOf(entry: usize): usize {
  return load<u32>(entry, 72);
}

/** State of the key's dictionary. */
// @ts-ignore: decorator
@inline
export function dictionaryOf(entry: usize): usize {
  return load<u32>(entry, 76);
}

/** Place of the prediction for an object's first member, or for the member after a key. */
export function firstIn(object: u32): usize {
  return FIRST_KEYS_AT + ((<usize>object) << 2);
}

// @ts-ignore: decorator
@inline
export function after(entry: usize): usize {
  return entry + 96;
}

/** Length of the name with quotes and colon. */
// @ts-ignore: decorator
@inline
export function spelledLength(entry: usize): usize {
  return load<u8>(entry, 64);
}

/** `"name":` stands at `p`. */
// @ts-ignore: decorator
@inline
export function isAt(p: usize, entry: usize): bool {
  return !v128.any_true(
    v128.or(
      v128.and(v128.xor(v128.load(p), v128.load(entry)), v128.load(entry, 32)),
      v128.and(v128.xor(v128.load(p, 16), v128.load(entry, 16)), v128.load(entry, 48)),
    ),
  );
}

/** By the name's length, first and last four bytes: enough for names that are known beforehand. A quote stands on either side. */
// @ts-ignore: decorator
@inline
function slotOf(object: u32, name: usize, n: usize): u32 {
  const word = (<u64>load<u32>(name)) | ((<u64>load<u32>(name + n - 4)) << 32);
  return <u32>(((word + (n << 3) + object) * 0x9e3779b97f4a7c15) >> 56);
}

/** Fills the table in which names are looked up; nothing is predicted yet. */
export function indexKeys(): void {
  for (let object: u32 = 0; object < OBJECT_COUNT; object++) store<u32>(firstIn(object), <u32>UNKNOWN);
  for (let k: u32 = 1; k <= KEY_COUNT; k++) {
    const entry = keyAt(k);
    store<u32>(after(entry), <u32>UNKNOWN);
    let slot = slotOf(load<u8>(entry, 67), entry + 1, load<u8>(entry, 65));
    while (load<u8>(KEY_SLOTS_AT + slot)) slot = (slot + 1) & (SLOTS - 1);
    store<u8>(KEY_SLOTS_AT + slot, k);
  }
}

function lookup(object: u32, name: usize, n: usize): usize {
  let slot = slotOf(object, name, n);
  for (;;) {
    const entry = keyAt(load<u8>(KEY_SLOTS_AT + slot));
    if (entry == UNKNOWN) return UNKNOWN;
    if (load<u8>(entry, 67) == object && load<u8>(entry, 65) == n && same(name, entry + 1, n)) return entry;
    slot = (slot + 1) & (SLOTS - 1);
  }
  return UNKNOWN;
}

/** Reads a known name of at most 31 characters with its colon right behind it; 0 for anything else. */
function readKnown(object: u32, p: usize): usize {
  const quote = i8x16.splat(34);
  const low = <u32>i8x16.bitmask(i8x16.eq(v128.load(p, 1), quote));
  const n = ctz(low | ((<u32>i8x16.bitmask(i8x16.eq(v128.load(p, 17), quote))) << 16));
  let slot = slotOf(object, p + 1, n);
  for (;;) {
    key = keyAt(load<u8>(KEY_SLOTS_AT + slot));
    if (key == UNKNOWN) return 0;
    if (isAt(p, key)) if (load<u8>(key, 67) == object) return p + spelledLength(key);
    slot = (slot + 1) & (SLOTS - 1);
  }
  return 0;
}

function readOther(object: u32, p: usize): usize {
  if (load<u8>(p) != 34) return 0;
  const end = stringEnd(p + 1);
  if (!end || sawEscape) return 0;
  nameAt = p + 1;
  nameLength = end - nameAt;
  key = lookup(object, nameAt, nameLength);
  p = skipSpaces(end + 1);
  return load<u8>(p) == 58 ? p + 1 : 0;
}

/**
 * Reads a name that is not the one at `place`, where the prediction stands and is put right, and its colon; sets `key`.
 * Returns 0 to bail.
 */
export function readKey(object: u32, p: usize, place: usize): usize {
  let end = readKnown(object, p);
  if (!end) end = readOther(object, p);
  if (key != UNKNOWN) store<u32>(place, <u32>key);
  return end;
}
