// Log bytes to columns, one record after the other, for as long as it is sure: docs/decode.md.
import { RECORD_BYTES_MAX } from './layout';
import { readLine } from './classic';
import { clearDerived } from './derived';
import { packDeltas, repeatCount } from './delta';
import { clearDictionaries, code, findValue, full, hasRoom, internValue } from './dictionary';
import { distinctValues } from './distinct';
import { distinctTexts } from './distinct-texts';
import { greatestAt, leastAt } from './extremes';
import { markCodes, packCodes } from './hybrid';
import { setLineFeedIsSpace, skipSpaces } from './json';
import { indexKeys, indexOfKey } from './key';
import { sortRows } from './order';
import { leastText, plainTexts, presentTexts, textLengths } from './page-texts';
import { clearPlace } from './place';
import { gatherPresent, presentRows, widen } from './present-rows';
import { lastKey, readRecord, setSourceId } from './record';
import { rollUp } from './rollup';
import { beginRow, clearRows, dropRow, keepRow, Row, writeValidity } from './row';
import { clearQueries, hasSasRoom } from './sas';
import { clearSasColumns, meetSas, sasRows } from './sas-columns';
import { indexSasNames } from './sas-name';
import { joinSuffixes, sharedPrefixes } from './shared-prefixes';
import { setSeed } from './text';
import { flipUuids, narrowCodes, textElements } from './vector';

export {
  clearSasColumns, distinctTexts, distinctValues, flipUuids, gatherPresent, greatestAt, joinSuffixes, leastAt,
  leastText, markCodes, meetSas, narrowCodes, packCodes, packDeltas, plainTexts, presentRows, presentTexts,
  repeatCount, rollUp, sasRows, sharedPrefixes, sortRows, textElements, textLengths, widen, writeValidity,
};

/** Why a scan ended. */
export const DONE: u32 = 0;
/** The host has to read what begins here. */
export const UNSURE: u32 = 1;
/** The batch has to end before the record that begins here. */
export const FULL: u32 = 2;

let status: u32 = DONE;

export function lastStatus(): u32 {
  return status;
}

/** The key at which the last record was left to the host, 0 for anything else. */
export function unsureKey(): u32 {
  return indexOfKey(lastKey);
}

export function start(seed: u64): void {
  setSeed(seed);
  indexKeys();
  indexSasNames();
}

function stop(why: u32, p: usize): usize {
  status = why;
  return p;
}

/** True if the batch has room for a row that the host writes. */
export function roomForRow(): bool {
  return hasSasRoom() && Row.index < Row.max;
}

/** Empties the batch; its new SAS stay until they are cleared. */
export function reset(): void {
  clearQueries();
  clearDerived();
  clearPlace();
  clearRows();
  clearDictionaries();
}

/** What may stand behind a record in an array: a comma, a bracket, or white space and another record. */
function endsRecord(p: usize, end: usize): usize {
  const next = skipSpaces(p);
  if (next >= end) return next == end ? end : 0;
  const c = load<u8>(next);
  return c == 44 || c == 93 || (c == 123 && next > p) ? next : 0;
}

/** What may stand behind a record of a line. */
function endsLine(p: usize, end: usize): usize {
  const next = skipSpaces(p);
  if (next >= end) return next == end ? end : 0;
  return load<u8>(next) == 10 ? next + 1 : 0;
}

/**
 * Appends the records of [p, end), `end` behind 64 zero bytes or a record that cannot go on beyond it.
 *
 * @param lines one record a line; else records with commas between them.
 * @param final nothing comes after `end`.
 * @returns where the scan ended; `lastStatus` says why.
 */
export function scan(p: usize, end: usize, lines: bool, final: bool, sourceId: u64): usize {
  setSourceId(sourceId);
  setLineFeedIsSpace(!lines);
  for (;;) {
    p = skipSpaces(p);
    if (p >= end) return stop(DONE, end);
    const c = load<u8>(p);
    if (lines ? c == 10 : c == 44 || c == 91) {
      p++;
      continue;
    }
    if (c != 123) return stop(UNSURE, p);
    if (!hasSasRoom() || !beginRow()) return stop(FULL, p);
    const close = readRecord(p);
    let next: usize = 0;
    if (close && close <= end && close - p <= RECORD_BYTES_MAX) next = lines ? endsLine(close, end) : endsRecord(close, end);
    if (next == 0 || (next == end && !final)) {
      dropRow();
      return stop(full ? FULL : UNSURE, p);
    }
    keepRow();
    p = next;
  }
  return end;
}

/**
 * Appends the lines of classic logs in [p, end), `end` behind 64 zero bytes.
 *
 * @param final nothing comes after `end`.
 * @returns where the scan ended; `lastStatus` says why.
 */
export function scanClassic(p: usize, end: usize, final: bool, sourceId: u64): usize {
  setSourceId(sourceId);
  setLineFeedIsSpace(false);
  for (;;) {
    while (p < end && load<u8>(p) == 10) p++;
    if (p >= end) return stop(DONE, end);
    if (!hasSasRoom() || !beginRow()) return stop(FULL, p);
    const close = readLine(p, end);
    if (!close || (close == end && !final)) {
      dropRow();
      return stop(full ? FULL : UNSURE, p);
    }
    keepRow();
    p = close;
  }
  return end;
}

/** Code of the clean text, -1 if the dictionary does not have it. */
export function find(dictionary: u32, p: usize, n: usize): i32 {
  return findValue(dictionary, p, n) ? <i32>code : -1;
}

/** True if the dictionary has room for a text of `n` bytes. */
export function fits(dictionary: u32, n: usize): bool {
  return hasRoom(dictionary, n);
}

/** Code of the clean text, which fits. */
export function intern(dictionary: u32, p: usize, n: usize): u32 {
  return internValue(dictionary, p, n) ? code : 0;
}

/** Number of rows in the batch. */
export function rowCount(): usize {
  return Row.index;
}

export function setRowsMax(rows: usize): void {
  Row.max = rows;
}

/** Keeps a row the host wrote; texts end where their cursors stand. */
export function keep(present: u64): void {
  Row.present = present;
  keepRow();
}
