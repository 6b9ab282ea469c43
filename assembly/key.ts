// Names of members: predicted from the one before, else looked up.
//
// The host writes KEYS_AT: 128 bytes a key, key 0 is "unknown".
//
//    0 `"name":` 32 B | 32 mask 32 B | 64 length u8, name's length u8, kind u8, object u8, child u8, index u8
//   72 column's address u32 | 76 dictionary's state u32 | 80 bit of the column u64 | 88 bit against duplicates u64
//   96 the key that came next, which is written here
//
// A key is the address of its entry.
import { FIRST_KEYS_AT, KEY_BITS, KEY_COUNT, KEY_SLOTS_AT, KEYS_AT, OBJECT_COUNT, SCRATCH_AT } from './layout';
import { skipSpaces } from './json';
import { copy, sawEscape, stringEnd } from './text';

/** Slots an object. */
const SLOTS: usize = 1 << KEY_BITS;
const SLOT_SHIFT: u64 = 64 - KEY_BITS;
/** Longer names have no key: quotes and colon are part of the 32 bytes that are compared. */
const NAME_BYTES_MAX: usize = 29;

let factor: u64 = 0x9e3779b97f4a7c15;

export const UNKNOWN: usize = KEYS_AT;

/** The last name `readOther` read. */
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

/**
 * Where the name before a closing quote is looked up: by its first ten characters. What follows the quote does not count, but
 * for the colon behind a name of eight.
 */
// @ts-ignore: decorator
@inline
function slotOf(object: u32, name: usize): usize {
  const head = load<u64>(name);
  const other = head ^ 0x2222222222222222;
  // The lowest bit is the first quote's.
  const quote = (other - 0x0101010101010101) & ~other & 0x8080808080808080;
  const tail = select<u64>(0, load<u16>(name, 8), quote != 0);
  const word = (head & (quote ^ (quote - 1))) ^ (tail << 24);
  return KEY_SLOTS_AT + ((<usize>object * SLOTS + <usize>((word * factor) >> SLOT_SHIFT)) << 2);
}

/** Puts every key into its slot; false if an object has two in one. */
function fillSlots(): bool {
  for (let i: usize = 0; i < SLOTS * OBJECT_COUNT; i++) store<u32>(KEY_SLOTS_AT + (i << 2), <u32>UNKNOWN);
  for (let k: u32 = 1; k <= KEY_COUNT; k++) {
    const slot = slotOf(load<u8>(keyAt(k), 67), keyAt(k) + 1);
    if (load<u32>(slot) != <u32>UNKNOWN) return false;
    store<u32>(slot, <u32>keyAt(k));
  }
  return true;
}

/** Finds a factor by which every key has a slot for itself; nothing is predicted yet. */
export function indexKeys(): void {
  for (let object: u32 = 0; object < OBJECT_COUNT; object++) store<u32>(firstIn(object), <u32>UNKNOWN);
  for (let k: u32 = 1; k <= KEY_COUNT; k++) store<u32>(after(keyAt(k)), <u32>UNKNOWN);
  while (!fillSlots()) factor = factor * 0xd1342543de82ef95 + 2;
}

/** The only key of the object that may be at `p`. */
// @ts-ignore: decorator
@inline
export function candidate(object: u32, p: usize): usize {
  return load<u32>(slotOf(object, p + 1));
}

/** The key of a name whose colon does not stand right behind it. */
function spacedKey(object: u32): usize {
  if (nameLength > NAME_BYTES_MAX) return UNKNOWN;
  store<u8>(SCRATCH_AT, 34);
  copy(nameAt, SCRATCH_AT + 1, nameLength);
  store<u16>(SCRATCH_AT + 1 + nameLength, 0x3a22);
  const entry = candidate(object, SCRATCH_AT);
  return isAt(SCRATCH_AT, entry) ? entry : UNKNOWN;
}

/**
 * Reads a name that is not its `candidate`, and its colon; sets `key`, and puts the prediction at `place` right.
 * Returns 0 to bail.
 */
export function readOther(object: u32, p: usize, place: usize): usize {
  if (load<u8>(p) != 34) return 0;
  const end = stringEnd(p + 1);
  if (!end || sawEscape) return 0;
  setName(p + 1, end - p - 1);
  const colon = skipSpaces(end + 1);
  if (load<u8>(colon) != 58) return 0;
  key = colon == end + 1 ? UNKNOWN : spacedKey(object);
  if (key != UNKNOWN) store<u32>(place, <u32>key);
  return colon + 1;
}
