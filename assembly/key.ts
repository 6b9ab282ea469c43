// Names of members: predicted from the one before, else looked up.
//
// The host writes KEYS_AT: 128 bytes a key, key 0 is "unknown".
//
//    0 `"name":` 32 B | 32 mask 32 B | 64 length u8, name's length u8, kind u8, object u8, child u8, index u8
//   72 column's address u32 | 80 bit if nullable u64 | 88 bit if required u64 | 96 bit against duplicates u64
import { KEY_COUNT, KEY_SLOTS_AT, KEYS_AT, SUCCESSORS_AT } from './layout';
import { skipSpaces } from './json';
import { same, sawEscape, stringEnd } from './text';

/** In SUCCESSORS_AT, places of the keys that came second last; first the objects' first keys, then after each key. */
const SECOND: usize = 512;
const SLOTS: u32 = 256;

export const UNKNOWN: u32 = 0;

/** The last name `readKey` read. */
export let key: u32 = 0;
export let nameAt: usize = 0;
export let nameLength: usize = 0;

export function setName(at: usize, n: usize): void {
  nameAt = at;
  nameLength = n;
}

// @ts-ignore: decorator
@inline
export function keyEntry(k: u32): usize {
  return KEYS_AT + ((<usize>k) << 7);
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

/** Place of the prediction for an object's first member, or for the member after a key. */
// @ts-ignore: decorator
@inline
export function firstIn(object: u32): usize {
  return SUCCESSORS_AT + 256 + object;
}

// @ts-ignore: decorator
@inline
export function after(k: u32): usize {
  return SUCCESSORS_AT + k;
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

/** By the name's length, first and last eight bytes: enough for names that are known beforehand. */
// @ts-ignore: decorator
@inline
function slotOf(object: u32, name: usize, n: usize): u32 {
  const first = load<u64>(name);
  const word = n < 8 ? first << (64 - (n << 3)) : first ^ rotl<u64>(load<u64>(name + n - 8), 29);
  return <u32>(((word + n + object) * 0x9e3779b97f4a7c15) >> 56);
}

/** Fills the table in which names are looked up. */
export function indexKeys(): void {
  for (let k: u32 = 1; k <= KEY_COUNT; k++) {
    const entry = keyEntry(k);
    let slot = slotOf(load<u8>(entry, 67), entry + 1, load<u8>(entry, 65));
    while (load<u8>(KEY_SLOTS_AT + slot)) slot = (slot + 1) & (SLOTS - 1);
    store<u8>(KEY_SLOTS_AT + slot, k);
  }
}

function lookup(object: u32, name: usize, n: usize): u32 {
  let slot = slotOf(object, name, n);
  for (;;) {
    const k = <u32>load<u8>(KEY_SLOTS_AT + slot);
    if (k == 0) return UNKNOWN;
    const entry = keyEntry(k);
    if (load<u8>(entry, 67) == object && load<u8>(entry, 65) == n && same(name, entry + 1, n)) return k;
    slot = (slot + 1) & (SLOTS - 1);
  }
  return UNKNOWN;
}

/** Puts the prediction at `place` right. */
// @ts-ignore: decorator
@inline
function learn(place: usize): void {
  store<u8>(place, load<u8>(place), SECOND);
  store<u8>(place, key);
}

/** Reads a known name of at most 31 characters with its colon right behind it; 0 for anything else. */
function readKnown(object: u32, p: usize, place: usize): usize {
  const quote = i8x16.splat(34);
  const low = <u32>i8x16.bitmask(i8x16.eq(v128.load(p, 1), quote));
  const n = ctz(low | ((<u32>i8x16.bitmask(i8x16.eq(v128.load(p, 17), quote))) << 16));
  let slot = slotOf(object, p + 1, n);
  for (;;) {
    key = load<u8>(KEY_SLOTS_AT + slot);
    if (key == UNKNOWN) return 0;
    const entry = keyEntry(key);
    if (load<u8>(entry, 67) == object && isAt(p, entry)) {
      learn(place);
      return p + spelledLength(entry);
    }
    slot = (slot + 1) & (SLOTS - 1);
  }
  return 0;
}

function readOther(object: u32, p: usize, place: usize): usize {
  const known = readKnown(object, p, place);
  if (known) return known;
  if (load<u8>(p) != 34) return 0;
  const end = stringEnd(p + 1);
  if (!end || sawEscape) return 0;
  nameAt = p + 1;
  nameLength = end - nameAt;
  key = lookup(object, nameAt, nameLength);
  if (key) learn(place);
  p = skipSpaces(end + 1);
  return load<u8>(p) == 58 ? p + 1 : 0;
}

/** Reads a name that is not the one at `place`, where the prediction stands, and its colon; sets `key`. Returns 0 to bail. */
export function readKey(object: u32, p: usize, place: usize): usize {
  key = load<u8>(place, SECOND);
  const entry = keyEntry(key);
  if (isAt(p, entry)) return p + spelledLength(entry);
  return readOther(object, p, place);
}
