// Dictionaries: distinct texts of a column, found again by their spelling in the input.
//
// A *spelling* is the content of a JSON string as it stands in the input: escapes, signature and all. A *value* is what
// the column holds. Most spellings are their own value; the others keep their bytes in the dictionary's spelling store.
//
//   slots     u32 x 2^17        0, or entry + 1
//   entries   16 B              address u32 | length u32 | hash u32 | code u16, role u16
//   spellings bytes
import {
  ANSWER_AT, DICTIONARIES_AT, DICTIONARY_BYTES_MAX, DICTIONARY_COUNT, DICTIONARY_INDEX_BYTES,
  DICTIONARY_INDEXES_AT, DICTIONARY_SLOTS, DICTIONARY_STATE_BYTES, DICTIONARY_VALUES_MAX, SCRATCH_AT,
  SPELLING_BYTES_MAX, SPELLINGS_MAX,
} from './layout';
import { json, redact } from './host';
import { suspect } from './redaction';
import { hash, same, sawEscape, sawHigh, stringEnd, unescape, validUtf8, written } from './text';

// State of a dictionary; the host writes OFFSETS and ARENA, and reads COUNT.
const COUNT: usize = 0;
const BYTES: usize = 4;
const ENTRIES: usize = 8;
const SPELLING_BYTES: usize = 12;
const OFFSETS: usize = 16;
const ARENA: usize = 20;
/** The two values met last: address, length, code. */
const LAST: usize = 24;
const OTHER: usize = 36;
const SPELLINGS: usize = 48;

const VALUE: u32 = 1;
const SPELLING: u32 = 2;
const NONE: u32 = 0xffffffff;

/** Code of the value the last successful lookup found. */
export let code: u32 = 0;
/** A dictionary has no room: the batch has to end before this record. */
export let full: bool = false;

export function clearFull(): void {
  full = false;
}

export function setCode(value: u32): void {
  code = value;
}

// @ts-ignore: decorator
@inline
export function stateOf(d: u32): usize {
  return DICTIONARIES_AT + <usize>(d * DICTIONARY_STATE_BYTES);
}

// @ts-ignore: decorator
@inline
function slots(d: u32): usize {
  return DICTIONARY_INDEXES_AT + (<usize>d) * DICTIONARY_INDEX_BYTES;
}

// @ts-ignore: decorator
@inline
function entryAt(d: u32, index: u32): usize {
  return slots(d) + 4 * DICTIONARY_SLOTS + ((<usize>index) << 4);
}

// @ts-ignore: decorator
@inline
function spellings(d: u32): usize {
  return slots(d) + 4 * DICTIONARY_SLOTS + 16 * (DICTIONARY_VALUES_MAX + SPELLINGS_MAX);
}

function clearDictionary(d: u32): void {
  const s = stateOf(d);
  const entries = load<u32>(s, ENTRIES);
  if (entries > 4096) {
    memory.fill(slots(d), 0, 4 * DICTIONARY_SLOTS);
  } else {
    // Fewer stores than clearing the whole table; a slot is found again by its entry's hash.
    for (let i: u32 = 0; i < entries; i++) {
      let slot = load<u32>(entryAt(d, i), 8) & (DICTIONARY_SLOTS - 1);
      while (load<u32>(slots(d) + ((<usize>slot) << 2))) {
        store<u32>(slots(d) + ((<usize>slot) << 2), 0);
        slot = (slot + 1) & (DICTIONARY_SLOTS - 1);
      }
    }
  }
  store<u64>(s, 0, COUNT);
  store<u64>(s, 0, ENTRIES);
  store<u32>(s, 0, SPELLINGS);
  store<u32>(s, NONE, LAST + 4);
  store<u32>(s, NONE, OTHER + 4);
}

export function clearDictionaries(): void {
  for (let d: u32 = 0; d < DICTIONARY_COUNT; d++) clearDictionary(d);
  full = false;
}

export function dictionaryLength(d: u32): u32 {
  return load<u32>(stateOf(d), COUNT);
}

/** Address of the value with this code. */
export function valueAt(d: u32, c: u32): usize {
  return load<u32>(stateOf(d), ARENA) + load<u32>(load<u32>(stateOf(d), OFFSETS) + ((<usize>c) << 2));
}

export function valueLength(d: u32, c: u32): usize {
  const at = load<u32>(stateOf(d), OFFSETS) + ((<usize>c) << 2);
  return load<u32>(at, 4) - load<u32>(at);
}

/** Entry of the text in this role, 0 if it is not there. */
function lookup(d: u32, p: usize, n: usize, h: u32, role: u32): usize {
  const table = slots(d);
  let slot = h & (DICTIONARY_SLOTS - 1);
  for (;;) {
    const index = load<u32>(table + ((<usize>slot) << 2));
    if (index == 0) return 0;
    const e = entryAt(d, index - 1);
    const found = load<u32>(e, 8) == h && load<u32>(e, 4) == <u32>n && (load<u16>(e, 14) & role) != 0;
    if (found && same(p, load<u32>(e), n)) return e;
    slot = (slot + 1) & (DICTIONARY_SLOTS - 1);
  }
  return 0;
}

function addEntry(d: u32, at: usize, n: usize, h: u32, c: u32, role: u32): void {
  const s = stateOf(d);
  const index = load<u32>(s, ENTRIES);
  const e = entryAt(d, index);
  store<u32>(e, <u32>at);
  store<u32>(e, <u32>n, 4);
  store<u32>(e, h, 8);
  store<u16>(e, <u16>c, 12);
  store<u16>(e, <u16>role, 14);
  store<u32>(s, index + 1, ENTRIES);
  const table = slots(d);
  let slot = h & (DICTIONARY_SLOTS - 1);
  while (load<u32>(table + ((<usize>slot) << 2))) slot = (slot + 1) & (DICTIONARY_SLOTS - 1);
  store<u32>(table + ((<usize>slot) << 2), index + 1);
}

/** Room for a value of `n` bytes, beside those there are. */
export function hasRoom(d: u32, n: usize): bool {
  const s = stateOf(d);
  return load<u32>(s, COUNT) < DICTIONARY_VALUES_MAX && load<u32>(s, BYTES) + <u32>n <= DICTIONARY_BYTES_MAX;
}

/** Appends a value; false, and `full`, if there is no room. */
function addValue(d: u32, p: usize, n: usize, h: u32, role: u32): bool {
  if (!hasRoom(d, n)) {
    full = true;
    return false;
  }
  const s = stateOf(d);
  const c = load<u32>(s, COUNT);
  const used = load<u32>(s, BYTES);
  const at = load<u32>(s, ARENA) + used;
  memory.copy(at, p, n);
  addEntry(d, at, n, h, c, role);
  store<u32>(s, used + <u32>n, BYTES);
  store<u32>(s, c + 1, COUNT);
  store<u32>(load<u32>(s, OFFSETS) + ((<usize>(c + 1)) << 2), used + <u32>n);
  code = c;
  return true;
}

/** True if the clean text [p, p + n) has a code, which is set. */
export function findValue(d: u32, p: usize, n: usize): bool {
  const e = lookup(d, p, n, hash(p, n), VALUE);
  if (e) code = load<u16>(e, 12);
  return e != 0;
}

/** Finds or adds the value [p, p + n), which is clean: valid UTF-8 without a signature. False if `full`. */
export function internValue(d: u32, p: usize, n: usize): bool {
  return findValue(d, p, n) || addValue(d, p, n, hash(p, n), VALUE);
}

/** Remembers that the spelling [p, p + n) means the value `code`, while there is room. */
function addSpelling(d: u32, p: usize, n: usize, h: u32): void {
  const s = stateOf(d);
  const used = load<u32>(s, SPELLING_BYTES);
  const count = load<u32>(s, SPELLINGS);
  if (count == SPELLINGS_MAX || used + <u32>n > SPELLING_BYTES_MAX) return;
  const at = spellings(d) + used;
  memory.copy(at, p, n);
  addEntry(d, at, n, h, code, SPELLING);
  store<u32>(s, used + <u32>n, SPELLING_BYTES);
  store<u32>(s, count + 1, SPELLINGS);
}

/** Finds or adds a text that is spelled as it is but may hold a signature. False to bail, or if `full`. */
export function internText(d: u32, p: usize, n: usize): bool {
  const s = stateOf(d);
  if (load<u32>(s, LAST + 4) == <u32>n && same(p, load<u32>(s, LAST), n)) {
    code = load<u32>(s, LAST + 8);
    return true;
  }
  if (load<u32>(s, OTHER + 4) == <u32>n && same(p, load<u32>(s, OTHER), n)) {
    code = load<u32>(s, OTHER + 8);
    swapLast(s);
    return true;
  }
  const h = hash(p, n);
  const e = lookup(d, p, n, h, SPELLING);
  if (!e) return internNew(d, p, n, h, false);
  code = load<u16>(e, 12);
  noteLast(s, e);
  return true;
}

/** A value met for the first time in this spelling. */
function internNew(d: u32, p: usize, n: usize, h: u32, escaped: bool): bool {
  let text = p;
  let length = n;
  if (escaped) {
    if (!unescape(p, p + n, SCRATCH_AT)) return false;
    text = SCRATCH_AT;
    length = written - SCRATCH_AT;
  }
  if (suspect(text, length)) {
    length = redact(text, length);
    text = ANSWER_AT;
  }
  if (text != p) {
    if (!internValue(d, text, length)) return false;
    addSpelling(d, p, n, h);
    return true;
  }
  const e = lookup(d, p, n, h, VALUE);
  if (!e) return addValue(d, p, n, h, VALUE | SPELLING);
  store<u16>(e, VALUE | SPELLING, 14);
  code = load<u16>(e, 12);
  return true;
}

// @ts-ignore: decorator
@inline
function moveLast(s: usize): void {
  store<u64>(s, load<u64>(s, LAST), OTHER);
  store<u32>(s, load<u32>(s, LAST + 8), OTHER + 8);
}

/** Makes the value of the entry the first to compare with, if it is spelled as it is. */
function noteLast(s: usize, e: usize): void {
  if ((load<u16>(e, 14) & VALUE) == 0) return;
  moveLast(s);
  store<u64>(s, load<u64>(e), LAST);
  store<u32>(s, load<u16>(e, 12), LAST + 8);
}

function swapLast(s: usize): void {
  const text = load<u64>(s, OTHER);
  const its = load<u32>(s, OTHER + 8);
  moveLast(s);
  store<u64>(s, text, LAST);
  store<u32>(s, its, LAST + 8);
}

/** The string whose content begins at `p` is the text at a place of the state, closing quote and all. */
// @ts-ignore: decorator
@inline
function isKnown(at: usize, p: usize): bool {
  const n = load<u32>(at, 4);
  if (n == NONE) return false;
  if (load<u8>(p + n) != 34) return false;
  return same(p, load<u32>(at), n);
}

/** The string whose content begins at `p` is the text met last. */
// @ts-ignore: decorator
@inline
export function isLast(s: usize, p: usize): bool {
  return isKnown(s + LAST, p);
}

/** Position behind the text met last, which begins at `p`, and its quote. */
// @ts-ignore: decorator
@inline
export function endOfLast(s: usize, p: usize): usize {
  return p + load<u32>(s, LAST + 4) + 1;
}

// @ts-ignore: decorator
@inline
export function lastCode(s: usize): u32 {
  return load<u32>(s, LAST + 8);
}

/**
 * The string whose content begins at `p`, as a code of the dictionary with this state.
 *
 * The two values met last are compared in place, closing quote and all, before anything is scanned.
 *
 * @returns the position behind the closing quote; 0 to bail, or if `full`.
 */
export function readDictionary(s: usize, p: usize): usize {
  if (!isLast(s, p)) {
    if (!isKnown(s + OTHER, p)) return readDistinct(<u32>(s - DICTIONARIES_AT) / DICTIONARY_STATE_BYTES, p);
    swapLast(s);
  }
  code = lastCode(s);
  return endOfLast(s, p);
}

function readDistinct(d: u32, p: usize): usize {
  const end = stringEnd(p);
  if (!end) return 0;
  const n = end - p;
  const h = hash(p, n);
  const e = lookup(d, p, n, h, SPELLING);
  if (e) {
    code = load<u16>(e, 12);
    noteLast(stateOf(d), e);
    return end + 1;
  }
  const escaped = sawEscape;
  return (sawHigh && !validUtf8(p, n)) || !internNew(d, p, n, h, escaped) ? 0 : end + 1;
}

/** The JSON object or array [p, p + n) as a code: its compact text, found by its spelling. */
export function internJson(d: u32, p: usize, n: usize, depth: u32): bool {
  const h = hash(p, n);
  const e = lookup(d, p, n, h, SPELLING);
  if (e) {
    code = load<u16>(e, 12);
    return true;
  }
  const length = json(p, n, depth);
  if (length < 0 || !internValue(d, ANSWER_AT, length)) return false;
  addSpelling(d, p, n, h);
  return true;
}
