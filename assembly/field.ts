// Values of the fields that have columns. Each reader takes the position of a value that is neither null nor the empty
// text, fills its columns of the row and returns the position behind the value; 0 to bail.
import {
  ANSWER_AT, CALLER_IP, CALLER_IP_BIT, CALLER_IP_DICT, CALLER_IPV4, CALLER_IPV4_BIT, CALLER_PORT, CALLER_PORT_BIT,
  CLIENT_REQUEST_ID_BIT, CLIENT_REQUEST_ID_TEXT, CLIENT_REQUEST_UUID, CLIENT_REQUEST_UUID_BIT, IP_CLASS,
  IP_CLASS_BIT, IP_CLASS_DICT, KEY_HASH, KEY_HASH_BIT, KEY_NAME, KEY_NAME_BIT, KEY_NAME_DICT, LAST_MODIFIED,
  LAST_MODIFIED_BIT, LAST_MODIFIED_TICK, LAST_MODIFIED_TICK_BIT, SCRATCH_AT, TIME, TIME_GIVEN, TIME_TICK, TOKEN,
  TOKEN_BIT, TOKEN_HASH, TOKEN_HASH_BIT, TOKEN_HASH_TEXT, TOKEN_HASH_TEXT_BIT, TOKEN_HASH_TEXT_DICT,
} from './layout';
import { code, endOfLast, internJson, internText, isLast, lastCode, readDictionary, stateOf, valueLength } from './dictionary';
import { addressClassOf, networkClassOf } from './derived';
import { lastModified } from './host';
import { hadUpperCase, number, readEtag, readHash, readMd5, readUuid } from './hex';
import { skipValue } from './json';
import { columnOf, dictionaryOf, indexOf } from './key';
import { address, digit, float, integer, readFloat, readInteger, readIpv4, readPort, readShort } from './number';
import { Row } from './row';
import { find, readString, sawEscape, sawHigh, stringEnd, textAt, textLength } from './text';
import { DASHED, micros, readMailTime, readTime, setTime, SLASHED, tick } from './time';
import { writeText } from './utf8-column';

const QUOTE: u32 = 34;

/** Two quotes. */
const EMPTY: u32 = 0x2222;

/** Tells that the row has a value in the key's column. */
// @ts-ignore: decorator
@inline
function give(entry: usize): void {
  Row.present |= load<u64>(entry, 80);
}

// @ts-ignore: decorator
@inline
function storeCode(entry: usize, value: u32): void {
  store<u16>(columnOf(entry) + (Row.index << 1), <u16>value);
  give(entry);
}

function readOtherText(entry: usize, p: usize): usize {
  const end = readDictionary(dictionaryOf(entry), p);
  if (end) storeCode(entry, code);
  return end;
}

// @ts-ignore: decorator
@inline
export function readDictionaryField(entry: usize, p: usize): usize {
  if (load<u8>(p) != QUOTE) return 0;
  const s = dictionaryOf(entry);
  if (!isLast(s, p + 1)) return load<u16>(p) == EMPTY ? 0 : readOtherText(entry, p + 1);
  storeCode(entry, lastCode(s));
  return endOfLast(s, p + 1);
}

export function readTextField(entry: usize, p: usize): usize {
  if (load<u8>(p) != QUOTE || load<u16>(p) == EMPTY) return 0;
  const end = readString(p + 1, SCRATCH_AT);
  if (!end) return 0;
  writeText(indexOf(entry), textAt, textLength);
  give(entry);
  return end;
}

export function readTimeField(p: usize): usize {
  if (load<u8>(p) != QUOTE) return 0;
  p = readTime(p + 1, DASHED);
  if (!p) return 0;
  if (load<u8>(p) == 90) p++;
  store<i64>(TIME + (Row.index << 3), micros);
  store<u8>(TIME_TICK + Row.index, <u8>tick);
  Row.present |= (<u64>1) << TIME_GIVEN;
  return load<u8>(p) == QUOTE ? p + 1 : 0;
}

/** Storage writes the first day of 1601 where there is no such time. */
function isNoTime(p: usize): bool {
  return load<u64>(p) == 0x2f31302f31303631 && load<u16>(p, 8) == 0x3130;
}

function storeLastModified(): void {
  store<i64>(LAST_MODIFIED + (Row.index << 3), micros);
  store<u8>(LAST_MODIFIED_TICK + Row.index, <u8>tick);
  Row.present |= ((<u64>1) << LAST_MODIFIED_BIT) | ((<u64>1) << LAST_MODIFIED_TICK_BIT);
}

/** `2022/03/10 16:59:35.0118188`, `Tuesday, 19-Jun-14 22:58:10 GMT`, or a form the host reads. */
export function readLastModified(p: usize): usize {
  if (load<u8>(p) != QUOTE) return 0;
  let end = isNoTime(p + 1) ? 0 : readTime(p + 1, SLASHED);
  if (!end) end = readMailTime(p + 1);
  if (end && load<u8>(end) == QUOTE) {
    storeLastModified();
    return end + 1;
  }
  end = readString(p + 1, SCRATCH_AT);
  if (!end || textLength == 0) return 0;
  const found = lastModified(textAt, textLength);
  if (found < 0) return 0;
  if (found == 0) return end;
  setTime(load<i64>(ANSWER_AT), load<u8>(ANSWER_AT, 8));
  storeLastModified();
  return end;
}

/** A number as it is, or as text. */
function readWhole(p: usize, max: u64): usize {
  const quoted = load<u8>(p) == QUOTE;
  const end = readInteger(p + <usize>quoted);
  if (!end || integer > max) return 0;
  if (!quoted) return end;
  return load<u8>(end) == QUOTE ? end + 1 : 0;
}

export function readInt64Field(entry: usize, p: usize): usize {
  const short = readShort(p);
  p = short ? short : readWhole(p, u64.MAX_VALUE);
  if (!p) return 0;
  store<u64>(columnOf(entry) + (Row.index << 3), integer);
  give(entry);
  return p;
}

export function readInt32Field(entry: usize, p: usize): usize {
  p = readWhole(p, i32.MAX_VALUE);
  if (!p) return 0;
  store<u32>(columnOf(entry) + (Row.index << 2), <u32>integer);
  give(entry);
  return p;
}

function storeFloat(entry: usize, value: f64): void {
  store<f64>(columnOf(entry) + (Row.index << 3), value);
  give(entry);
}

export function readFloatField(entry: usize, p: usize): usize {
  const short = readShort(p);
  if (short) {
    storeFloat(entry, <f64>integer);
    return short;
  }
  const quoted = load<u8>(p) == QUOTE;
  const end = readFloat(p + <usize>quoted);
  if (!end) return 0;
  storeFloat(entry, float);
  if (!quoted) return end;
  return load<u8>(end) == QUOTE ? end + 1 : 0;
}

/** `"Unknown"` in any case, which says nothing. */
function isUnknown(p: usize): bool {
  return (load<u64>(p, 1) | 0x0020202020202020) == 0x226e776f6e6b6e75;
}

function storeStatus(entry: usize, value: i32): void {
  store<i32>(columnOf(entry) + (Row.index << 2), value);
  give(entry);
}

export function readStatusField(entry: usize, p: usize): usize {
  const short = readShort(p);
  if (short) {
    storeStatus(entry, <i32>integer);
    return short;
  }
  if (load<u8>(p) == QUOTE && isUnknown(p)) return p + 9;
  const quoted = load<u8>(p) == QUOTE;
  p += <usize>quoted;
  const negative = load<u8>(p) == 45;
  const start = p + <usize>negative;
  const end = readInteger(start);
  if (!end || end - start > 10 || integer > <u64>i32.MAX_VALUE) return 0;
  const value = <i32>integer;
  storeStatus(entry, negative ? -value : value);
  if (!quoted) return end;
  return load<u8>(end) == QUOTE ? end + 1 : 0;
}

function storeClass(code: u32): void {
  store<u16>(IP_CLASS + (Row.index << 1), <u16>code);
  Row.present |= (<u64>1) << IP_CLASS_BIT;
}

/** `203.0.113.9:51234`, with or without port. */
export function readCaller(p: usize): usize {
  if (load<u8>(p) != QUOTE) return 0;
  const end = readIpv4(p + 1);
  if (!end) return readOtherCaller(p + 1);
  const c = load<u8>(end);
  if (c != QUOTE && c != 58) return readOtherCaller(p + 1);
  const after = c == 58 ? readCallerPort(end + 1) : end + 1;
  if (!after || !networkClassOf(address >> 16)) return 0;
  store<u32>(CALLER_IPV4 + (Row.index << 2), address);
  storeClass(code);
  Row.present |= (<u64>1) << CALLER_IPV4_BIT;
  return after;
}

function readCallerPort(p: usize): usize {
  const end = readPort(p);
  if (!end || load<u8>(end) != QUOTE) return 0;
  store<u16>(CALLER_PORT + (Row.index << 1), <u16>integer);
  Row.present |= (<u64>1) << CALLER_PORT_BIT;
  return end + 1;
}

/** IPv6 bare, in brackets with or without port, and withheld addresses: what the host says is one. */
function readOtherCaller(p: usize): usize {
  const quote = stringEnd(p);
  if (!quote || sawEscape) return 0;
  let at = p;
  let end = quote;
  let port: usize = 0;
  if (load<u8>(p) == 91) {
    at = p + 1;
    end = find(at, quote, 93);
    if (end == quote) return 0;
    if (end + 1 != quote) port = end + 1;
  } else {
    const colon = find(p, quote, 58);
    if (colon != quote && find(colon + 1, quote, 58) == quote) end = port = colon;
  }
  if (port && (load<u8>(port) != 58 || readCallerPort(port + 1) != quote + 1)) return 0;
  if (end == at || !internText(CALLER_IP_DICT, at, end - at)) return 0;
  store<u16>(CALLER_IP + (Row.index << 1), <u16>code);
  if (!addressClassOf(code)) return 0;
  storeClass(code);
  Row.present |= (<u64>1) << CALLER_IP_BIT;
  return quote + 1;
}

export function readUuidField(entry: usize, p: usize): usize {
  if (load<u8>(p) != QUOTE || load<u8>(p, 37) != QUOTE) return 0;
  if (!readUuid(p + 1, columnOf(entry) + (Row.index << 4))) return 0;
  give(entry);
  return p + 38;
}

/** A lower-case UUID packed, any other text as it is. */
export function readRequestId(p: usize): usize {
  if (load<u8>(p) != QUOTE) return 0;
  const packed = CLIENT_REQUEST_UUID + (Row.index << 4);
  if (load<u8>(p, 37) == QUOTE && readUuid(p + 1, packed)) {
    if (!hadUpperCase()) {
      Row.present |= (<u64>1) << CLIENT_REQUEST_UUID_BIT;
      return p + 38;
    }
    v128.store(packed, i8x16.splat(0));
  }
  const end = readString(p + 1, SCRATCH_AT);
  if (!end || textLength == 0) return 0;
  writeText(CLIENT_REQUEST_ID_TEXT, textAt, textLength);
  Row.present |= (<u64>1) << CLIENT_REQUEST_ID_BIT;
  return end;
}

export function readEtagField(entry: usize, p: usize): usize {
  if (load<u8>(p++) != QUOTE) return 0;
  if (load<u16>(p) == 0x225c) p += 2;
  p = readEtag(p);
  if (!p) return 0;
  if (load<u16>(p) == 0x225c) p += 2;
  store<u64>(columnOf(entry) + (Row.index << 3), number);
  give(entry);
  return load<u8>(p) == QUOTE ? p + 1 : 0;
}

export function readMd5Field(entry: usize, p: usize): usize {
  if (load<u8>(p) != QUOTE) return 0;
  const end = readString(p + 1, SCRATCH_AT);
  if (!end || textLength != 24 || !readMd5(textAt, columnOf(entry) + (Row.index << 4))) return 0;
  give(entry);
  return end;
}

/** `{…}` or `[…]`, not empty. */
export function readJsonField(entry: usize, p: usize): usize {
  const c = load<u8>(p);
  if (c != 123 && c != 91) return 0;
  const end = skipValue(p);
  if (!end || !internJson(indexOf(entry), p, end - p, 2)) return 0;
  // {} and [] say nothing.
  if (valueLength(indexOf(entry), code) == 2) return end;
  store<u16>(columnOf(entry) + (Row.index << 1), <u16>code);
  give(entry);
  return end;
}

/** `,SasSignature(` */
function isSignature(p: usize): bool {
  return load<u64>(p) == 0x6e6769537361532c && load<u64>(p, 6) == 0x2865727574616e67;
}

/** The hashes of `(H1)` or `(H1),SasSignature(H2)` at `p`, 64 digits each. */
function readHashes(p: usize, signed: bool): bool {
  const keyHash = KEY_HASH + (Row.index << 4);
  if (load<u8>(p, 65) != 41 || !readHash(p + 1, keyHash)) return false;
  if (signed) {
    const tokenHash = TOKEN_HASH + (Row.index << 4);
    if (!isSignature(p + 66) || load<u8>(p, 144) != 41 || !readHash(p + 80, tokenHash)) {
      v128.store(keyHash, i8x16.splat(0));
      return false;
    }
    store<u64>(TOKEN + (Row.index << 3), bswap(load<u64>(tokenHash)));
    Row.present |= ((<u64>1) << TOKEN_BIT) | ((<u64>1) << TOKEN_HASH_BIT);
  }
  Row.present |= (<u64>1) << KEY_HASH_BIT;
  return true;
}

function storeKeyName(p: usize, n: usize): bool {
  if (!internText(KEY_NAME_DICT, p, n)) return false;
  store<u16>(KEY_NAME + (Row.index << 1), <u16>code);
  Row.present |= (<u64>1) << KEY_NAME_BIT;
  return true;
}

/** Position of the quote behind `key1(H1)` or `key1(H1),SasSignature(H2)`, 0 for another form. */
function plainTokenEnd(name: usize): usize {
  if ((load<u32>(name) & 0xffffff) != 0x79656b || digit(name + 3) > 9 || load<u8>(name, 4) != 40) return 0;
  if (load<u8>(name, 70) == QUOTE) return name + 70;
  return load<u8>(name, 149) == QUOTE ? name + 149 : 0;
}

/** A hash in its usual form, or any name before the hashes; any other text is kept as it is. */
export function readTokenHash(p: usize): usize {
  if (load<u8>(p) != QUOTE) return 0;
  const name = p + 1;
  let end = plainTokenEnd(name);
  if (end && readHashes(name + 4, end - name == 149)) return storeKeyName(name, 4) ? end + 1 : 0;
  end = stringEnd(name);
  if (!end || end == name || sawEscape || sawHigh) return 0;
  const open = find(name, end, 40);
  const n = end - open;
  const named = open > name && find(name, open, 41) == open && find(name, open, 44) == open;
  if (named && (n == 66 || n == 145) && readHashes(open, n == 145)) return storeKeyName(name, open - name) ? end + 1 : 0;
  if (!readDictionary(stateOf(TOKEN_HASH_TEXT_DICT), name)) return 0;
  store<u16>(TOKEN_HASH_TEXT + (Row.index << 1), <u16>code);
  Row.present |= (<u64>1) << TOKEN_HASH_TEXT_BIT;
  return end + 1;
}
