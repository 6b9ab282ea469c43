// Rows in the order of token and time: a radix sort of row numbers, then every column moved accordingly.
import {
  COLUMN_COUNT, COLUMNS_AT, GATHER_AT, ORDER_KEYS_AT, ORDER_ROWS_AT, PRESENT_AT, ROWS_MAX, TEXT_COUNT,
  TEXT_GATHER_AT, TIME, TOKEN, TOKEN_BIT,
} from './layout';
import { Row, textBytes, textCursor, textOffsets } from './row';
import { copy } from './text';

const DIGIT_BITS: u32 = 11;
const DIGITS: u32 = 1 << DIGIT_BITS;
const counts = memory.data(4 << 11, 16);

// Two of each, to sort from one into the other.
let keys: usize = ORDER_KEYS_AT;
let spareKeys: usize = ORDER_KEYS_AT + 8 * ROWS_MAX;
let order: usize = ORDER_ROWS_AT;
let spareOrder: usize = ORDER_ROWS_AT + 4 * ROWS_MAX;

/** Where the row that belongs at this place stands. */
// @ts-ignore: decorator
@inline
function from(row: usize): usize {
  return <usize>load<u32>(order + (row << 2));
}

// @ts-ignore: decorator
@inline
function hasToken(row: usize): bool {
  return ((load<u64>(PRESENT_AT + (row << 3)) >> TOKEN_BIT) & 1) != 0;
}

// @ts-ignore: decorator
@inline
function token(row: usize): u64 {
  return load<u64>(TOKEN + (row << 3));
}

/** Signed time as a key that compares as unsigned. */
// @ts-ignore: decorator
@inline
function time(row: usize): u64 {
  return load<u64>(TIME + (row << 3)) ^ (1 << 63);
}

/** True if the row may stand behind the one before it. */
function follows(row: usize): bool {
  const has = hasToken(row);
  if (has != hasToken(row - 1)) return !has;
  if (has && token(row - 1) != token(row)) return token(row - 1) < token(row);
  return time(row - 1) <= time(row);
}

function sorted(): bool {
  for (let row: usize = 1; row < Row.index; row++) if (!follows(row)) return false;
  return true;
}

/** All rows as they came, with their times as keys. */
function keyByTime(): void {
  for (let row: usize = 0; row < Row.index; row++) {
    store<u64>(keys + (row << 3), time(row));
    store<u32>(order + (row << 2), <u32>row);
  }
}

/** Rows with a token to the front, their tokens being the keys, the others behind; returns how many have one. */
function keyByToken(): usize {
  const rows = Row.index;
  let front: usize = 0;
  for (let i: usize = 0; i < rows; i++) front += <usize>hasToken(from(i));
  const n = front;
  let behind = n;
  let at: usize = 0;
  for (let i: usize = 0; i < rows; i++) {
    const row = from(i);
    if (hasToken(row)) {
      store<u64>(keys + (at << 3), token(row));
      store<u32>(spareOrder + (at << 2), <u32>row);
      at++;
    } else {
      store<u32>(spareOrder + (behind << 2), <u32>row);
      behind++;
    }
  }
  // Sorting those with a token swaps both as often as their tokens have digits that differ.
  memory.copy(order + (n << 2), spareOrder + (n << 2), (rows - n) << 2);
  swapOrders();
  return n;
}

function swapOrders(): void {
  const swapped = order;
  order = spareOrder;
  spareOrder = swapped;
}

// @ts-ignore: decorator
@inline
function digit(index: usize, shift: u32): usize {
  return <usize>((load<u64>(keys + (index << 3)) >> shift) & (DIGITS - 1)) << 2;
}

/** Bits in which the first `n` keys differ. */
function differingBits(n: usize): u64 {
  let differing: u64 = 0;
  for (let i: usize = 1; i < n; i++) differing |= load<u64>(keys + (i << 3)) ^ load<u64>(keys);
  return differing;
}

/** Sorts the first `n` rows by the digits of their keys from `shift` on; equal ones stay as they are. */
function sortByKeys(n: usize, shift: u32): void {
  const differing = differingBits(n);
  for (; shift < 64; shift += DIGIT_BITS) if ((differing >> shift) & (DIGITS - 1)) sortByDigit(n, shift);
}

function ascending(n: usize): bool {
  for (let i: usize = 1; i < n; i++) if (load<u64>(keys + ((i - 1) << 3)) > load<u64>(keys + (i << 3))) return false;
  return true;
}

/** Tokens are hashes: which of two comes first nearly always shows in the upper half. */
function sortByTokens(n: usize): void {
  sortByKeys(n, 3 * DIGIT_BITS);
  if (!ascending(n)) sortByKeys(n, 0);
}

function sortByDigit(n: usize, shift: u32): void {
  memory.fill(counts, 0, 4 * DIGITS);
  for (let i: usize = 0; i < n; i++) {
    const at = counts + digit(i, shift);
    store<u32>(at, load<u32>(at) + 1);
  }
  let place: u32 = 0;
  for (let d: usize = 0; d < DIGITS; d++) {
    const count = load<u32>(counts + (d << 2));
    store<u32>(counts + (d << 2), place);
    place += count;
  }
  for (let i: usize = 0; i < n; i++) {
    const at = counts + digit(i, shift);
    const to = <usize>load<u32>(at);
    store<u32>(at, <u32>to + 1);
    store<u64>(spareKeys + (to << 3), load<u64>(keys + (i << 3)));
    store<u32>(spareOrder + (to << 2), load<u32>(order + (i << 2)));
  }
  const sortedKeys = spareKeys;
  spareKeys = keys;
  keys = sortedKeys;
  swapOrders();
}

/** True if nothing but zero is there: null or the first entry of a dictionary, in every row. */
function isZero(at: usize, bytes: usize): bool {
  const end = at + bytes;
  for (; at + 16 <= end; at += 16) if (v128.any_true(v128.load(at))) return false;
  for (; at < end; at++) if (load<u8>(at)) return false;
  return true;
}

/** Puts the values of a column in order, four loads at a time: each of them may wait for memory. */
// @ts-ignore: decorator
@inline
function move<T>(at: usize, rows: usize): void {
  let to: usize = GATHER_AT;
  let next = order;
  const end = next + (rows << 2);
  for (; next + 16 <= end; next += 16, to += 4 * sizeof<T>()) {
    const a = load<T>(at + <usize>load<u32>(next) * sizeof<T>());
    const b = load<T>(at + <usize>load<u32>(next, 4) * sizeof<T>());
    const c = load<T>(at + <usize>load<u32>(next, 8) * sizeof<T>());
    const d = load<T>(at + <usize>load<u32>(next, 12) * sizeof<T>());
    store<T>(to, a);
    store<T>(to, b, sizeof<T>());
    store<T>(to, c, 2 * sizeof<T>());
    store<T>(to, d, 3 * sizeof<T>());
  }
  for (; next < end; next += 4, to += sizeof<T>()) store<T>(to, load<T>(at + <usize>load<u32>(next) * sizeof<T>()));
}

function moveValues(at: usize, width: usize): void {
  const rows = Row.index;
  if (isZero(at, rows * width)) return;
  switch (<u32>width) {
    case 1: move<u8>(at, rows); break;
    case 2: move<u16>(at, rows); break;
    case 4: move<u32>(at, rows); break;
    case 8: move<u64>(at, rows); break;
    case 16: move<v128>(at, rows); break;
    default: unreachable();
  }
  memory.copy(at, GATHER_AT, rows * width);
}

function moveTexts(t: u32): void {
  const rows = Row.index;
  const bytes = textBytes(t);
  const used = textCursor(t) - bytes;
  if (used == 0) return;
  const offsets = textOffsets(t);
  const rowsInOrder = order;
  let end: usize = 0;
  for (let row: usize = 0; row < rows; row++) {
    const at = offsets + (<usize>load<u32>(rowsInOrder + (row << 2)) << 2);
    const start = <usize>load<u32>(at);
    const n = <usize>load<u32>(at, 4) - start;
    copy(bytes + start, TEXT_GATHER_AT + end, n);
    end += n;
    store<u32>(GATHER_AT + (row << 2), <u32>end);
  }
  memory.copy(bytes, TEXT_GATHER_AT, used);
  memory.copy(offsets + 4, GATHER_AT, rows << 2);
}

/** Puts the batch in the order of token and time: ascending, rows without a token last, equal ones as they came. */
export function sortRows(): void {
  Row.sorted = true;
  if (sorted()) return;
  keyByTime();
  if (!ascending(Row.index)) sortByKeys(Row.index, 0);
  sortByTokens(keyByToken());
  for (let i: usize = 0; i < COLUMN_COUNT; i++) {
    const width = <usize>load<u32>(COLUMNS_AT + (i << 3), 4);
    if (width) moveValues(load<u32>(COLUMNS_AT + (i << 3)), width);
  }
  for (let t: u32 = 0; t < TEXT_COUNT; t++) moveTexts(t);
  moveValues(PRESENT_AT, 8);
}
