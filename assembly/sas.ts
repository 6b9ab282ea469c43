// The SAS of a query, remembered beyond the batch by what is left of the query without parameters that belong to no SAS
// (block ids, markers).
//
//   slots   u32 x 2^16      0, or entry + 1
//   entries 32 B            address u32 | length u32 | hash u32 | kind u32 | sas_id u64 | fingerprint u64
//   bytes                   account, line feed, parameters that may belong to a SAS
import {
  ACCOUNT_DICT, ANSWER_AT, MEMO_BYTES_MAX, MEMO_SLOTS, QUERIES_AT, SAS_BYTES_AT, SAS_ENTRIES_AT, SAS_SLOTS_AT, URI_QUERY_DICT,
} from './layout';
import { dictionaryLength, valueAt, valueLength } from './dictionary';
import { sas } from './host';
import { Row } from './row';
import { clearMet, clearSasColumns, meetSas, sasFull } from './sas-columns';
import { firstBytes, indexIn, placeOf } from './sas-name';
import { readParameters } from './sas-parameters';
import { fingerprintOfSet, idOfSet } from './sas-set';
import { copy, find, hash, isAscii, same } from './text';

/** Longest name of an account whose fingerprints are made here; Azure's end at 24. */
const ACCOUNT_BYTES_MAX: usize = 256;

let entries: u32 = 0;
let used: usize = 0;

export class Sas {
  /** 0 none, else 1 + the kind. */
  static kind: u32 = 0;
  static id: u64 = 0;
  static fingerprint: u64 = 0;
}

/** Codes of queries belong to the batch. */
export function clearQueries(): void {
  memory.fill(QUERIES_AT, 0, (<usize>dictionaryLength(URI_QUERY_DICT)) << 3);
}

/** Forgets every query, to be read again. */
function clearMemo(): void {
  memory.fill(SAS_SLOTS_AT, 0, 4 * MEMO_SLOTS);
  clearQueries();
  entries = 0;
  used = 0;
}

/**
 * False if the batch has to end, so that its new SAS are written. Where no row is left that has one of them, they are
 * forgotten instead, to be met again.
 */
export function hasSasRoom(): bool {
  if (!sasFull) return true;
  if (Row.index > 0) return false;
  clearSasColumns();
  clearMet();
  clearMemo();
  return true;
}

/** Begins with `amp;`. */
// @ts-ignore: decorator
@inline
function followsAmp(name: usize): bool {
  return load<u32>(name) == 0x3b706d61;
}

/** False for a parameter that belongs to no SAS; names that are escaped, not ASCII or follow an `&amp;` may. */
function mayBelong(name: usize, n: usize): bool {
  if (n == 0) return false;
  if (n > 4 && followsAmp(name)) return true;
  if (n > 7) return find(name, name + n, 37) != name + n;
  const word = firstBytes(load<u64>(name), n);
  // A letter may be k in lower case, as the Kelvin sign is.
  if (word & 0x8080808080808080 || indexIn(word, 37) < 8) return true;
  return placeOf(word | firstBytes(0x2020202020202020, n)) >= 0;
}

/** Writes the account and what of the query may belong to a SAS to `d`; returns its end. */
function writeKey(query: usize, n: usize, account: u32, d: usize): usize {
  const accountLength = valueLength(ACCOUNT_DICT, account);
  copy(valueAt(ACCOUNT_DICT, account), d, accountLength);
  d += accountLength;
  store<u8>(d++, 10);
  const end = query + n;
  const first = d;
  for (let p = query; p < end; ) {
    const next = find(p, end, 38);
    const equals = find(p, next, 61);
    if (equals != next && mayBelong(p, equals - p)) {
      const length = next - p;
      // At the start of a query, `amp;` is part of a name.
      if (d == first && p > query && followsAmp(p)) store<u8>(d++, 38);
      copy(p, d, length);
      d += length;
      store<u8>(d++, 38);
    }
    p = next + 1;
  }
  return d;
}

/** Reads the SAS of a query into `Sas`, and has it reported. */
function readNew(query: usize, end: usize, account: usize, accountLength: usize): void {
  const plain = accountLength <= ACCOUNT_BYTES_MAX && isAscii(account, accountLength) ? readParameters(query, end) : -1;
  Sas.kind = plain < 0 ? sas(query, end - query, account, accountLength) : plain;
  if (Sas.kind == 0) return;
  Sas.id = plain < 0 ? load<u64>(ANSWER_AT) : idOfSet();
  Sas.fingerprint = plain < 0 ? load<u64>(ANSWER_AT, 8) : fingerprintOfSet(account, accountLength);
  meetSas(Sas.id, Sas.kind - 1);
}

function remember(at: usize, n: usize, h: u32, account: u32): u32 {
  const accountLength = valueLength(ACCOUNT_DICT, account);
  const e = SAS_ENTRIES_AT + ((<usize>entries) << 5);
  readNew(at + accountLength + 1, at + n, at, accountLength);
  store<u32>(e, <u32>at);
  store<u32>(e, <u32>n, 4);
  store<u32>(e, h, 8);
  store<u32>(e, Sas.kind, 12);
  store<u64>(e, Sas.id, 16);
  store<u64>(e, Sas.fingerprint, 24);
  used = at + n - SAS_BYTES_AT;
  return ++entries;
}

/** Entry + 1 of the query for this account. */
function findEntry(query: usize, n: usize, account: u32): u32 {
  const room = used + n + valueLength(ACCOUNT_DICT, account) + 64;
  if (entries >= (MEMO_SLOTS >> 1) || room > MEMO_BYTES_MAX) clearMemo();
  const at = SAS_BYTES_AT + used;
  const length = writeKey(query, n, account, at) - at;
  const h = hash(at, length);
  let slot = h & (MEMO_SLOTS - 1);
  for (;;) {
    const place = SAS_SLOTS_AT + ((<usize>slot) << 2);
    const index = load<u32>(place);
    if (index == 0) {
      const entry = remember(at, length, h, account);
      store<u32>(place, entry);
      return entry;
    }
    const e = SAS_ENTRIES_AT + ((<usize>(index - 1)) << 5);
    if (load<u32>(e, 8) == h && load<u32>(e, 4) == <u32>length && same(at, load<u32>(e), length)) return index;
    slot = (slot + 1) & (MEMO_SLOTS - 1);
  }
  return 0;
}

function take(entry: u32): void {
  const e = SAS_ENTRIES_AT + ((<usize>(entry - 1)) << 5);
  Sas.kind = load<u32>(e, 12);
  Sas.id = load<u64>(e, 16);
  Sas.fingerprint = load<u64>(e, 24);
}

/** Sets `Sas` to that of a clean query; the account is a code of its dictionary. */
export function readSas(query: usize, n: usize, account: u32): void {
  take(findEntry(query, n, account));
}

/** The same for a code of the query dictionary. */
export function readSasOfCode(query: u32, account: u32): void {
  const at = QUERIES_AT + ((<usize>query) << 3);
  let entry = load<u32>(at);
  if (entry == 0 || load<u32>(at, 4) != account) {
    entry = findEntry(valueAt(URI_QUERY_DICT, query), valueLength(URI_QUERY_DICT, query), account);
    store<u32>(at, entry);
    store<u32>(at, account, 4);
  }
  take(entry);
}
