// One record: an object of known and unknown members into one row.
import {
  ACCOUNT_GIVEN, AUTH_TYPE, CATEGORY, CATEGORY_GIVEN, IDENTITY_TYPE, IDENTITY_TYPE_BIT, KIND_CALLER, KIND_DICTIONARY,
  KIND_ETAG, KIND_FLOAT64, KIND_INT32, KIND_INT64, KIND_JSON, KIND_LAST_MODIFIED, KIND_MD5, KIND_OBJECT,
  KIND_OBJECT_KEY, KIND_REQUEST_ID, KIND_STATUS, KIND_TEXT, KIND_TIME, KIND_TOKEN_HASH, KIND_URI, KIND_UUID,
  OPERATION_CLASS, OPERATION_NAME, OPERATION_NAME_GIVEN, SERVICE_GIVEN, SOURCE_ID, TIME_GIVEN,
} from './layout';
import { authTypeOf, operationClassOf } from './derived';
import { clearFull, code } from './dictionary';
import { beginExtra, noteUnknown, writeExtra } from './extra';
import {
  readCaller, readDictionaryField, readEtagField, readFloatField, readInt32Field, readInt64Field, readJsonField,
  readLastModified, readMd5Field, readRequestId, readStatusField, readTextField, readTimeField, readTokenHash,
  readUuidField,
} from './field';
import { isNull, skipSpaces } from './json';
import { after, candidate, childOf, firstIn, isAt, key, kindOf, readOther, spelledLength, UNKNOWN } from './key';
import { beginPlace, derivePlace, readObjectKey, readUri } from './place';
import { Row } from './row';
import { Sas } from './sas';

/** Bits of the keys the record has had. */
let seen: u64 = 0;
let sourceId: u64 = 0;
/** Key at which the last record was left to the host, `UNKNOWN` for anything else. */
export let lastKey: usize = UNKNOWN;

const NEEDED: u64 =
  ((<u64>1) << TIME_GIVEN) |
  ((<u64>1) << CATEGORY_GIVEN) |
  ((<u64>1) << OPERATION_NAME_GIVEN) |
  ((<u64>1) << ACCOUNT_GIVEN) |
  ((<u64>1) << SERVICE_GIVEN);

export function setSourceId(id: u64): void {
  sourceId = id;
}

/** A value that is neither null nor the empty text nor behind white space; its end, 0 to bail or for one that is. */
function readPlain(entry: usize, p: usize): usize {
  switch (kindOf(entry)) {
    case KIND_OBJECT: return load<u8>(p) == 123 ? readMembers(childOf(entry), p + 1) : 0;
    case KIND_TEXT: return readTextField(entry, p);
    case KIND_TIME: return readTimeField(p);
    case KIND_INT64: return readInt64Field(entry, p);
    case KIND_INT32: return readInt32Field(entry, p);
    case KIND_FLOAT64: return readFloatField(entry, p);
    case KIND_STATUS: return readStatusField(entry, p);
    case KIND_CALLER: return readCaller(p);
    case KIND_UUID: return readUuidField(entry, p);
    case KIND_REQUEST_ID: return readRequestId(p);
    case KIND_TOKEN_HASH: return readTokenHash(p);
    case KIND_JSON: return readJsonField(entry, p);
    case KIND_OBJECT_KEY: return readObjectKey(p);
    case KIND_URI: return readUri(p);
    case KIND_ETAG: return readEtagField(entry, p);
    case KIND_MD5: return readMd5Field(entry, p);
    case KIND_LAST_MODIFIED: return readLastModified(p);
    default: return 0;
  }
}

/** Null and the empty text are what an absent field is. */
function readNothing(p: usize): usize {
  if (load<u16>(p) == 0x2222) return p + 2;
  return isNull(p) ? p + 4 : 0;
}

/** A value that is not plain: its end, 0 to bail. */
function readOdd(entry: usize, p: usize): usize {
  const start = skipSpaces(p);
  const end = readNothing(start);
  return end || start == p ? end : readMember(entry, start);
}

// @ts-ignore: decorator
@inline
function readValue(entry: usize, p: usize): usize {
  // Half of all members.
  const end = kindOf(entry) == KIND_DICTIONARY ? readDictionaryField(entry, p) : readPlain(entry, p);
  return end ? end : readOdd(entry, p);
}

/** The members of the object whose content begins at `p`; the position behind its brace, 0 to bail. */
function readMembers(object: u32, p: usize): usize {
  p = skipSpaces(p);
  if (load<u8>(p) == 125) return p + 1;
  let place = firstIn(object);
  for (;;) {
    let entry = <usize>load<u32>(place);
    if (isAt(p, entry)) {
      p += spelledLength(entry);
    } else {
      p = skipSpaces(p);
      entry = candidate(object, p);
      if (isAt(p, entry)) {
        store<u32>(place, <u32>entry);
        p += spelledLength(entry);
      } else {
        p = readOther(object, p, place);
        if (!p) return 0;
        entry = key;
      }
    }
    if (entry != UNKNOWN) {
      const bit = load<u64>(entry, 88);
      lastKey = entry;
      if (seen & bit) return 0;
      seen |= bit;
      place = after(entry);
      p = readValue(entry, p);
    } else {
      p = noteUnknown(object, skipSpaces(p));
    }
    if (!p) return 0;
    if (load<u8>(p) != 44) {
      p = skipSpaces(p);
      if (load<u8>(p) == 125) return p + 1;
      if (load<u8>(p) != 44) return 0;
    }
    p++;
  }
  return 0;
}

function derive(): bool {
  const row = Row.index << 1;
  if (!operationClassOf(load<u16>(OPERATION_NAME + row), load<u16>(CATEGORY + row))) return false;
  store<u16>(OPERATION_CLASS + row, <u16>code);
  if (!derivePlace()) return false;
  const typed = (Row.present >> IDENTITY_TYPE_BIT) & 1;
  if (!authTypeOf(typed ? <i32>load<u16>(IDENTITY_TYPE + row) : -1, Sas.kind)) return false;
  store<u16>(AUTH_TYPE + row, <u16>code);
  store<u64>(SOURCE_ID + (Row.index << 3), sourceId);
  return writeExtra();
}

export function beginRecord(): void {
  seen = 0;
  lastKey = UNKNOWN;
  clearFull();
  beginPlace();
  beginExtra();
}

/** Fills the columns that follow from the members; false to bail, or if `full`. */
export function endRecord(): bool {
  lastKey = UNKNOWN;
  return (Row.present & NEEDED) == NEEDED && derive();
}

/** Reads the value at `p` as that of a key; its end, 0 to bail, or if `full`. */
export function readMember(entry: usize, p: usize): usize {
  lastKey = entry;
  return readValue(entry, p);
}

/** Reads the record whose brace stands at `p` into the row that was begun; its end, 0 to bail, or if `full`. */
export function readRecord(p: usize): usize {
  beginRecord();
  const end = readMembers(0, p + 1);
  return end && endRecord() ? end : 0;
}
