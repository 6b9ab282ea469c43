// The groups of a rollup: rows that share an identity and a time bucket. An identity is written out as a key:
//
//   0 bucket i64 | 8 present u64 | 16 account, auth_type, key_name u16 each, 0 | 24 token | 32 token_fingerprint
//   40 sas_id | 48 token_hash (16) | 64 key_hash (16)
//
// What is null is zero there, as it is in the columns.
import {
  ACCOUNT, AUTH_TYPE, BUCKET_MICROS, KEY_HASH, KEY_HASH_BIT, KEY_NAME, KEY_NAME_BIT, PRESENT_AT, ROLLUP_KEY_BYTES,
  ROLLUP_KEYS_AT, ROLLUP_SLOTS, ROLLUP_SLOTS_AT, SAS_ID, SAS_ID_BIT, TIME, TOKEN, TOKEN_BIT, TOKEN_FINGERPRINT,
  TOKEN_FINGERPRINT_BIT, TOKEN_HASH, TOKEN_HASH_BIT,
} from './layout';
import { Row } from './row';
import { hash } from './text';

const IDENTITY: u64 = (1 << KEY_NAME_BIT) | (1 << KEY_HASH_BIT) | (1 << TOKEN_BIT) | (1 << TOKEN_HASH_BIT) |
  (1 << TOKEN_FINGERPRINT_BIT) | (1 << SAS_ID_BIT);

/** Number of groups. */
export let groups: usize = 0;
/** The groups before it have all their rows: in a sorted batch, those of another token or bucket than the last row's. */
let open: usize = 0;
let bucket: i64 = 0;
let latest: usize = 0;

export function clearGroups(): void {
  memory.fill(ROLLUP_SLOTS_AT, 0, 4 * ROLLUP_SLOTS);
  groups = 0;
  open = 0;
}

/** Start of the time bucket. */
function bucketOf(time: i64): i64 {
  if (time >= bucket && time < bucket + BUCKET_MICROS) return bucket;
  const rest = time % BUCKET_MICROS;
  bucket = time - rest - (rest < 0 ? BUCKET_MICROS : 0);
  return bucket;
}

// @ts-ignore: decorator
@inline
export function keyAt(group: usize): usize {
  return ROLLUP_KEYS_AT + group * ROLLUP_KEY_BYTES;
}

/** Stores what `sameKey` loads in pieces of the same size: the processor would wait for those of another. */
// @ts-ignore: decorator
@inline
function writeKey(row: usize, key: usize): void {
  const row2 = row << 1;
  const row8 = row << 3;
  const row16 = row << 4;
  const codes = <u64>load<u16>(ACCOUNT + row2) | (<u64>load<u16>(AUTH_TYPE + row2) << 16) | (<u64>load<u16>(KEY_NAME + row2) << 32);
  store<i64>(key, bucketOf(load<i64>(TIME + row8)));
  store<u64>(key, load<u64>(PRESENT_AT + row8) & IDENTITY, 8);
  store<u64>(key, codes, 16);
  store<u64>(key, load<u64>(TOKEN + row8), 24);
  store<u64>(key, load<u64>(TOKEN_FINGERPRINT + row8), 32);
  store<u64>(key, load<u64>(SAS_ID + row8), 40);
  v128.store(key, v128.load(TOKEN_HASH + row16), 48);
  v128.store(key, v128.load(KEY_HASH + row16), 64);
}

// @ts-ignore: decorator
@inline
function sameStretch(a: usize, b: usize): bool {
  return load<u64>(a) == load<u64>(b) && load<u64>(a, 24) == load<u64>(b, 24);
}

// @ts-ignore: decorator
@inline
function sameKey(a: usize, b: usize): bool {
  let words = (load<u64>(a) ^ load<u64>(b)) | (load<u64>(a, 8) ^ load<u64>(b, 8));
  words |= (load<u64>(a, 16) ^ load<u64>(b, 16)) | (load<u64>(a, 24) ^ load<u64>(b, 24));
  words |= (load<u64>(a, 32) ^ load<u64>(b, 32)) | (load<u64>(a, 40) ^ load<u64>(b, 40));
  const hashes = v128.or(v128.xor(v128.load(a, 48), v128.load(b, 48)), v128.xor(v128.load(a, 64), v128.load(b, 64)));
  return words == 0 && !v128.any_true(hashes);
}

function addGroup(): usize {
  latest = groups++;
  return latest;
}

/** Slot of the open group with this key, else the one for it: what groups that are no longer open left behind is nothing. */
function slotOf(key: usize): usize {
  for (let slot = hash(key, ROLLUP_KEY_BYTES); ; slot++) {
    const place = ROLLUP_SLOTS_AT + ((<usize>(slot & (ROLLUP_SLOTS - 1))) << 2);
    const found = <usize>load<u32>(place);
    if (found <= open || sameKey(key, keyAt(found - 1))) return place;
  }
  return 0;
}

/** Group of the row; the number `groups` had before, if it is a new one. Sorted rows mostly share that of the row before. */
export function groupOf(row: usize): usize {
  const key = keyAt(groups);
  writeKey(row, key);
  if (groups != 0 && sameKey(key, keyAt(latest))) return latest;
  if (groups == 0 || (Row.sorted && !sameStretch(key, keyAt(latest)))) {
    open = groups;
    return addGroup();
  }
  // The first of the open groups has no slot before there is a second.
  if (groups == open + 1) store<u32>(slotOf(keyAt(open)), <u32>groups);
  const slot = slotOf(key);
  if (<usize>load<u32>(slot) > open) {
    latest = <usize>load<u32>(slot) - 1;
    return latest;
  }
  store<u32>(slot, <u32>groups + 1);
  return addGroup();
}
