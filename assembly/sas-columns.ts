// The new SAS of a batch as columns of the `sas` dimension.
//
//   met       u64 x 2^17    sas_ids of the sets met, 0 for a free slot
//   ids, kinds, times       a value a set
//   offsets, bytes          a run for each parameter, texts as Arrow has them
//   bitmaps, counts         a run for each parameter, then for each time: which sets have a value, how many
import {
  SAS_BITMAP_BYTES, SAS_BITMAPS_AT, SAS_COLUMN_BYTES, SAS_COLUMN_BYTES_MAX, SAS_COLUMNS_AT, SAS_COUNTS_AT, SAS_IDS_AT,
  SAS_KINDS_AT, SAS_MET_AT, SAS_MET_MAX, SAS_MET_SLOTS, SAS_OFFSETS_AT, SAS_OFFSETS_BYTES, SAS_PARAMETER_COUNT,
  SAS_ROWS_MAX, SAS_SE, SAS_SKE, SAS_SKT, SAS_ST, SAS_TIME_BYTES, SAS_TIMES_AT, SAS_VALUE_BYTES_MAX,
} from './layout';
import { NO_TIME, timeOf, textOf, lengthOf } from './sas-set';
import { copy } from './text';

const COLUMN_COUNT: usize = <usize>SAS_PARAMETER_COUNT + 4;

let rows: usize = 0;
let met: u32 = 0;
/** There may be no room for another set. */
export let sasFull: bool = false;

/** Sets in the columns. */
export function sasRows(): usize {
  return rows;
}

export function clearSasColumns(): void {
  for (let c: usize = 0; c < COLUMN_COUNT; c++) memory.fill(SAS_BITMAPS_AT + c * SAS_BITMAP_BYTES, 0, (rows + 7) >> 3);
  memory.fill(SAS_COUNTS_AT, 0, COLUMN_COUNT << 2);
  rows = 0;
  sasFull = false;
}

/** Every set is new again. */
export function clearMet(): void {
  memory.fill(SAS_MET_AT, 0, 8 * SAS_MET_SLOTS);
  met = 0;
}

/** Notes a set; false if it was. */
function isNew(id: u64): bool {
  let slot = <usize>id & (SAS_MET_SLOTS - 1);
  for (;;) {
    const known = load<u64>(SAS_MET_AT + (slot << 3));
    if (known == 0) break;
    if (known == id) return false;
    slot = (slot + 1) & (SAS_MET_SLOTS - 1);
  }
  if (met >= SAS_MET_MAX) {
    clearMet();
    slot = <usize>id & (SAS_MET_SLOTS - 1);
  }
  store<u64>(SAS_MET_AT + (slot << 3), id);
  met++;
  return true;
}

/** The new row has a value in column `c`. */
function count(c: usize): void {
  const bits = SAS_BITMAPS_AT + c * SAS_BITMAP_BYTES + (rows >> 3);
  store<u8>(bits, <u32>load<u8>(bits) | ((<u32>1) << (<u32>rows & 7)));
  store<u32>(SAS_COUNTS_AT + (c << 2), load<u32>(SAS_COUNTS_AT + (c << 2)) + 1);
}

function appendTime(index: usize, place: u32): void {
  const time = timeOf(place);
  const isTime = textOf(place) != 0 && time != NO_TIME;
  store<i64>(SAS_TIMES_AT + index * SAS_TIME_BYTES + (rows << 3), isTime ? time : 0);
  if (isTime) count(<usize>SAS_PARAMETER_COUNT + index);
}

function append(id: u64, kind: u32): void {
  store<u64>(SAS_IDS_AT + (rows << 3), id);
  store<u16>(SAS_KINDS_AT + (rows << 1), <u16>kind);
  for (let place: usize = 0; place < <usize>SAS_PARAMETER_COUNT; place++) {
    const offsets = SAS_OFFSETS_AT + place * SAS_OFFSETS_BYTES + (rows << 2);
    const value = textOf(<u32>place);
    let end = <usize>load<u32>(offsets);
    if (value) {
      const n = lengthOf(<u32>place);
      copy(value, SAS_COLUMNS_AT + place * SAS_COLUMN_BYTES + end, n);
      end += n;
      if (end > SAS_COLUMN_BYTES_MAX - SAS_VALUE_BYTES_MAX) sasFull = true;
      count(place);
    }
    store<u32>(offsets, <u32>end, 4);
  }
  appendTime(0, SAS_ST);
  appendTime(1, SAS_SE);
  appendTime(2, SAS_SKT);
  appendTime(3, SAS_SKE);
  if (++rows >= SAS_ROWS_MAX) sasFull = true;
}

/** Appends the set unless it was met before. There has to be room. */
export function meetSas(id: u64, kind: u32): void {
  if (isNew(id)) append(id, kind);
}
