// What the keys of a rollup's groups hold, as columns.
import {
  KEY_HASH_BIT, KEY_NAME_BIT, ROLLUP_ACCOUNT_AT, ROLLUP_ACCOUNT_VALIDITY_AT, ROLLUP_AUTH_TYPE_AT,
  ROLLUP_AUTH_TYPE_VALIDITY_AT, ROLLUP_BUCKET_AT, ROLLUP_KEY_HASH_AT, ROLLUP_KEY_HASH_VALIDITY_AT, ROLLUP_KEY_NAME_AT,
  ROLLUP_KEY_NAME_VALIDITY_AT, ROLLUP_SAS_ID_AT, ROLLUP_SAS_ID_VALIDITY_AT, ROLLUP_TOKEN_AT, ROLLUP_TOKEN_FINGERPRINT_AT,
  ROLLUP_TOKEN_FINGERPRINT_VALIDITY_AT, ROLLUP_TOKEN_HASH_AT, ROLLUP_TOKEN_HASH_VALIDITY_AT, ROLLUP_TOKEN_VALIDITY_AT,
  SAS_ID_BIT, TOKEN_BIT, TOKEN_FINGERPRINT_BIT, TOKEN_HASH_BIT,
} from './layout';
import { keyAt } from './rollup-group';

/** Writes the identity of a new group, and its time bucket. */
export function writeIdentity(group: usize): void {
  const key = keyAt(group);
  const group2 = group << 1;
  const group8 = group << 3;
  const group16 = group << 4;
  store<i64>(ROLLUP_BUCKET_AT + group8, load<i64>(key));
  store<u16>(ROLLUP_ACCOUNT_AT + group2, load<u16>(key, 16));
  store<u16>(ROLLUP_AUTH_TYPE_AT + group2, load<u16>(key, 18));
  store<u16>(ROLLUP_KEY_NAME_AT + group2, load<u16>(key, 20));
  store<u64>(ROLLUP_TOKEN_AT + group8, load<u64>(key, 24));
  store<u64>(ROLLUP_TOKEN_FINGERPRINT_AT + group8, load<u64>(key, 32));
  store<u64>(ROLLUP_SAS_ID_AT + group8, load<u64>(key, 40));
  v128.store(ROLLUP_TOKEN_HASH_AT + group16, v128.load(key, 48));
  v128.store(ROLLUP_KEY_HASH_AT + group16, v128.load(key, 64));
}

/** Which of 8 groups have the value, the first one in the lowest bit; what stands behind the last group is no matter. */
// @ts-ignore: decorator
@inline
function presentIn(group: usize, bit: u64): u32 {
  let bits: u64 = 0;
  for (let i: usize = 0; i < 8; i++) bits |= ((load<u64>(keyAt(group + i), 8) >> bit) & 1) << i;
  return <u32>bits;
}

/** Makes Arrow bitmaps of what the first `groups` lack. */
export function writeIdentityValidity(groups: usize): void {
  const bytes = (groups + 7) >> 3;
  memory.fill(ROLLUP_ACCOUNT_VALIDITY_AT, 0xff, bytes);
  memory.fill(ROLLUP_AUTH_TYPE_VALIDITY_AT, 0xff, bytes);
  for (let at: usize = 0; at < bytes; at++) {
    const group = at << 3;
    store<u8>(ROLLUP_KEY_NAME_VALIDITY_AT + at, presentIn(group, KEY_NAME_BIT));
    store<u8>(ROLLUP_TOKEN_VALIDITY_AT + at, presentIn(group, TOKEN_BIT));
    store<u8>(ROLLUP_TOKEN_HASH_VALIDITY_AT + at, presentIn(group, TOKEN_HASH_BIT));
    store<u8>(ROLLUP_TOKEN_FINGERPRINT_VALIDITY_AT + at, presentIn(group, TOKEN_FINGERPRINT_BIT));
    store<u8>(ROLLUP_SAS_ID_VALIDITY_AT + at, presentIn(group, SAS_ID_BIT));
    store<u8>(ROLLUP_KEY_HASH_VALIDITY_AT + at, presentIn(group, KEY_HASH_BIT));
  }
}
