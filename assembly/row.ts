// The open batch: the row being filled, its texts, and taking it back.
import {
  BITMAP_COUNT, BITMAPS_AT, COLUMN_COUNT, COLUMNS_AT, PRESENT_AT, ROWS_MAX, TEXT_COUNT, TEXT_STATE_BYTES,
  TEXTS_AT,
} from './layout';

// State of a text column; the host writes BYTES, CURSOR_MAX and OFFSETS.
const CURSOR: usize = 0;
const BYTES: usize = 4;
/** Beyond it, the longest record may have no room. */
const CURSOR_MAX: usize = 8;
const OFFSETS: usize = 12;

const TEXTS_END: usize = TEXTS_AT + <usize>(TEXT_COUNT * TEXT_STATE_BYTES);

/** Rows cleared at a time, a power of two. */
const CLEARED_ROWS: usize = 256;

export class Row {
  /** Index of the row being filled, which is the number of rows in the batch. */
  static index: usize = 0;
  /** Rows at which the batch is full. */
  static max: usize = ROWS_MAX;
  /** Bits of the columns that have a value. */
  static present: u64 = 0;
  /** The rows have the order of segments. */
  static sorted: bool = false;
}

// @ts-ignore: decorator
@inline
function state(t: u32): usize {
  return TEXTS_AT + <usize>(t * TEXT_STATE_BYTES);
}

/** Address at which the next text of the column is written. */
export function textCursor(t: u32): usize {
  return load<u32>(state(t), BYTES) + load<u32>(state(t), CURSOR);
}

/** Address of the column's first text. */
export function textBytes(t: u32): usize {
  return load<u32>(state(t), BYTES);
}

/** Address of the column's `i32[rows + 1]`. */
export function textOffsets(t: u32): usize {
  return load<u32>(state(t), OFFSETS);
}

/** Ends the row's text at `end`. */
export function endText(t: u32, end: usize): void {
  store<u32>(state(t), <u32>end - load<u32>(state(t), BYTES), CURSOR);
}

/** Starts a row; false if the batch has no room for any record. */
export function beginRow(): bool {
  if (Row.index >= Row.max) return false;
  for (let s = TEXTS_AT; s < TEXTS_END; s += TEXT_STATE_BYTES) {
    if (load<u32>(s, CURSOR) > load<u32>(s, CURSOR_MAX)) return false;
  }
  Row.present = 0;
  return true;
}

/** Keeps the row. */
export function keepRow(): void {
  const next = Row.index + 1;
  for (let s = TEXTS_AT; s < TEXTS_END; s += TEXT_STATE_BYTES) {
    store<u32>(load<u32>(s, OFFSETS) + (next << 2), load<u32>(s, CURSOR));
  }
  store<u64>(PRESENT_AT + (Row.index << 3), Row.present);
  Row.index = next;
  if ((next & (CLEARED_ROWS - 1)) == 0) clearAhead();
}

/** Values of null rows are zero. Cleared shortly before they are written, rows are in the processor's cache by then. */
function clearAhead(): void {
  const rows = min(CLEARED_ROWS, ROWS_MAX - Row.index);
  for (let i: usize = 0; i < COLUMN_COUNT; i++) {
    const width = <usize>load<u32>(COLUMNS_AT + (i << 3), 4);
    memory.fill(load<u32>(COLUMNS_AT + (i << 3)) + Row.index * width, 0, rows * width);
  }
}

/** Forgets what the row being filled has so far. */
export function dropRow(): void {
  for (let s = TEXTS_AT; s < TEXTS_END; s += TEXT_STATE_BYTES) {
    store<u32>(s, load<u32>(load<u32>(s, OFFSETS) + (Row.index << 2)), CURSOR);
  }
  for (let i: usize = 0; i < COLUMN_COUNT; i++) {
    const width = <usize>load<u32>(COLUMNS_AT + (i << 3), 4);
    memory.fill(load<u32>(COLUMNS_AT + (i << 3)) + Row.index * width, 0, width);
  }
}

/** Empties the batch. */
export function clearRows(): void {
  for (let t: u32 = 0; t < TEXT_COUNT; t++) store<u32>(state(t), 0, CURSOR);
  Row.index = 0;
  Row.sorted = false;
  clearAhead();
}

/** Swaps rows and columns of a 64 x 64 bit matrix in place. */
function transpose(at: usize): void {
  let mask: u64 = 0x00000000ffffffff;
  for (let width: u32 = 32; width; width >>= 1) {
    for (let i: u32 = 0; i < 64; i = (i + width + 1) & ~width) {
      const p = at + ((<usize>i) << 3);
      const q = at + ((<usize>(i + width)) << 3);
      const x = load<u64>(p);
      const y = load<u64>(q);
      const t = ((x >> width) ^ y) & mask;
      store<u64>(q, y ^ t);
      store<u64>(p, x ^ (t << width));
    }
    mask ^= mask << (width >> 1);
  }
}

const matrix = memory.data(512, 16);

/** Makes Arrow validity bitmaps of the rows' presence masks: bit b of a mask goes to the bitmap at `BITMAPS_AT[b]`. */
export function writeValidity(): void {
  const rows = Row.index;
  for (let from: usize = 0; from < rows; from += 64) {
    const n = min<usize>(64, rows - from);
    memory.copy(matrix, PRESENT_AT + (from << 3), n << 3);
    if (n < 64) memory.fill(matrix + (n << 3), 0, (64 - n) << 3);
    transpose(matrix);
    for (let b: usize = 0; b < BITMAP_COUNT; b++) {
      store<u64>(load<u32>(BITMAPS_AT + (b << 2)) + (from >> 3), load<u64>(matrix + (b << 3)));
    }
  }
}
