// Where a request went: container, the uri in its parts, and the SAS in it. docs/decode-semantics.md, "Derived columns".
//
// The host has room at HOSTS_AT for 16 bytes an account: where its uris begin, once one of them followed from its key.
//
//    0 text's address u32 | 4 length u32 | 8 code in `uri_base` u32 | 12 state of the account u32
import {
  ACCOUNT, ACCOUNT_DICT, ACCOUNT_GIVEN, ANSWER_AT, CONTAINER, CONTAINER_BIT, CONTAINER_DICT, HOSTS_AT, OBJECT_KEY_BIT, OBJECT_KEY_TEXT, SAS_ID, SAS_ID_BIT,
  SCRATCH_AT, SERVICE, SERVICE_DICT, TOKEN_FINGERPRINT, TOKEN_FINGERPRINT_BIT, URI_BASE, URI_BASE_BIT, URI_BASE_DICT,
  URI_BIT, URI_QUERY, URI_QUERY_BIT, URI_QUERY_DICT, URI_SCRATCH_AT, URI_TEXT,
} from './layout';
import { clearFull, code, dictionaryLength, internText, valueAt, valueLength } from './dictionary';
import { redact } from './host';
import { suspect } from './redaction';
import { endText, Row, textCursor } from './row';
import { readSas, readSasOfCode, Sas } from './sas';
import { find, readString, same, sawEscape, sawHigh, stringEnd, textAt, textLength } from './text';
import { append, appendRedacted } from './utf8-column';

let keyAt: usize = 0;
let keyEnd: usize = 0;
let uriAt: usize = 0;
let uriEnd: usize = 0;
let pathAt: usize = 0;
let pathEnd: usize = 0;
/** The object key has none of the characters that mean something in a uri. */
let isKeyPlain: bool = false;
/** The uri is known to follow from the object key, but for its query. */
let follows: bool = false;

// States of an account.
const PLAIN: u32 = 1;
const ODD: u32 = 2;
/** Plain, and where its uris begin is known. */
const HOSTED: u32 = 3;

/** Accounts are codes of the batch. */
export function clearPlace(): void {
  memory.fill(HOSTS_AT, 0, (<usize>dictionaryLength(ACCOUNT_DICT)) << 4);
}

// @ts-ignore: decorator
@inline
function hostOf(account: u32): usize {
  return HOSTS_AT + ((<usize>account) << 4);
}

export function beginPlace(): void {
  keyAt = keyEnd = uriAt = uriEnd = pathAt = pathEnd = 0;
  isKeyPlain = follows = false;
}

/**
 * Copies the string whose content begins at `p` to `d`; the position of its closing quote, 0 for one with a character that
 * ends a part of a uri, may hide a signature, or is not plain ASCII above `%`.
 */
function copyPlain(p: usize, d: usize): usize {
  for (;;) {
    const v = v128.load(p);
    v128.store(d, v);
    // = and ? differ in one bit.
    const odd = v128.or(
      i8x16.lt_s(v, i8x16.splat(38)),
      v128.or(i8x16.eq(v, i8x16.splat(92)), i8x16.eq(v128.or(v, i8x16.splat(2)), i8x16.splat(63))),
    );
    const stops = <u32>i8x16.bitmask(odd);
    if (stops) {
      p += ctz(stops);
      return load<u8>(p) == 34 ? p : 0;
    }
    p += 16;
    d += 16;
  }
  return 0;
}

function endKey(at: usize, end: usize): void {
  keyAt = at;
  keyEnd = end;
  endText(OBJECT_KEY_TEXT, end);
  Row.present |= (<u64>1) << OBJECT_KEY_BIT;
}

export function readObjectKey(p: usize): usize {
  if (load<u8>(p) != 34) return 0;
  const d = textCursor(OBJECT_KEY_TEXT);
  const quote = copyPlain(p + 1, d);
  if (quote <= p + 1) return readOddKey(p, d);
  endKey(d, d + quote - p - 1);
  isKeyPlain = true;
  return quote + 1;
}

function readOddKey(p: usize, d: usize): usize {
  const end = readString(p + 1, SCRATCH_AT);
  if (!end || textLength == 0) return 0;
  // Derived columns look at the text before redaction, so one that redaction changes is left to the host.
  if (suspect(textAt, textLength)) {
    if (redact(textAt, textLength) != textLength || !same(textAt, ANSWER_AT, textLength)) return 0;
  }
  endKey(d, append(d, textAt, textLength));
  return end;
}

/** The end of a path at `p` that begins as uris of the account do and goes on as its key does; sets `pathAt`. Else 0. */
function followingEnd(account: u32, p: usize): usize {
  const host = hostOf(account);
  if (load<u32>(host, 12) != HOSTED) return 0;
  const rest = keyAt + 1 + valueLength(ACCOUNT_DICT, account);
  if (rest >= keyEnd || load<u8>(rest) != 47 || isForeignKey(account)) return 0;
  const n = keyEnd - rest;
  const path = p + load<u32>(host, 4);
  if (!same(p, load<u32>(host), path - p) || !same(path, rest, n)) return 0;
  pathAt = path;
  return path + n;
}

/** The uri at `p`, if it follows from the object key and ends there or with a query: its end, else 0. */
function readFollowing(p: usize): usize {
  const path = followingEnd(<u32>load<u16>(ACCOUNT + (Row.index << 1)), p);
  if (!path) return 0;
  let end = path;
  if (load<u8>(path) == 63) {
    end = stringEnd(path + 1);
    if (end <= path + 1 || sawEscape || sawHigh) return 0;
  } else if (load<u8>(path) != 34) {
    return 0;
  }
  follows = true;
  uriAt = p;
  pathEnd = path;
  uriEnd = end;
  return end + 1;
}

export function readUri(p: usize): usize {
  if (load<u8>(p) != 34) return 0;
  if (isKeyPlain && ((Row.present >> ACCOUNT_GIVEN) & 1) != 0) {
    const behind = readFollowing(p + 1);
    if (behind) return behind;
  }
  const end = readString(p + 1, URI_SCRATCH_AT);
  if (!end || textLength == 0) return 0;
  uriAt = textAt;
  uriEnd = textAt + textLength;
  return end;
}

/** Without a character that redaction would look at. */
function isUnmarked(p: usize, end: usize): bool {
  for (; p < end; p++) {
    const c = load<u8>(p);
    if (c == 35 || c == 37 || c == 61 || c == 92) return false;
  }
  return true;
}

/** A plain account is as long as in the input. */
function isPlain(account: u32): bool {
  const state = hostOf(account) + 12;
  if (load<u32>(state) == 0) {
    const at = valueAt(ACCOUNT_DICT, account);
    store<u32>(state, isUnmarked(at, at + valueLength(ACCOUNT_DICT, account)) ? PLAIN : ODD);
  }
  return load<u32>(state) != ODD;
}

/** Where the path begins of a uri with scheme and host, 0 for another text. */
function findPath(end: usize): usize {
  let p = uriAt;
  if (load<u32>(p) != 0x70747468) return 0;
  p += load<u8>(p, 4) == 115 ? 5 : 4;
  if ((load<u32>(p) & 0xffffff) != 0x2f2f3a || p + 3 > end) return 0;
  const path = find(p + 3, end, 47);
  return find(p, path, 35) == path ? path : 0;
}

/** The object key, if there is one, does not begin with `/account`. */
function isForeignKey(account: u32): bool {
  const length = valueLength(ACCOUNT_DICT, account);
  if (keyAt == keyEnd) return false;
  if (keyEnd - keyAt < 1 + length || load<u8>(keyAt) != 47) return true;
  return !same(keyAt + 1, valueAt(ACCOUNT_DICT, account), length);
}

/** The object key is `/account` and the path. */
function followsFromKey(account: u32): bool {
  if (keyAt == keyEnd) return false;
  const rest = keyAt + 1 + valueLength(ACCOUNT_DICT, account);
  const n = pathEnd - pathAt;
  return keyEnd - rest == n && same(rest, pathAt, n);
}

/** False if the dictionary of queries is full, which does not end the batch. */
function storeQuery(account: u32): bool {
  if (!internText(URI_QUERY_DICT, pathEnd + 1, uriEnd - pathEnd - 1)) {
    clearFull();
    return false;
  }
  store<u16>(URI_QUERY + (Row.index << 1), <u16>code);
  Row.present |= (<u64>1) << URI_QUERY_BIT;
  readSasOfCode(code, account);
  return true;
}

/** Remembers where the account's uris begin. */
function noteHost(account: u32): void {
  const host = hostOf(account);
  const text = valueAt(URI_BASE_DICT, code);
  const n = pathAt - uriAt;
  if (valueLength(URI_BASE_DICT, code) != n || !same(text, uriAt, n) || !isUnmarked(uriAt, pathAt)) return;
  store<u32>(host, <u32>text);
  store<u32>(host, <u32>n, 4);
  store<u32>(host, code, 8);
  store<u32>(host, HOSTED, 12);
}

function storeBase(account: u32): bool {
  if (!follows) {
    if (!internText(URI_BASE_DICT, uriAt, pathAt - uriAt)) return false;
    noteHost(account);
  }
  store<u16>(URI_BASE + (Row.index << 1), <u16>(follows ? load<u32>(hostOf(account), 8) : code));
  Row.present |= (<u64>1) << URI_BASE_BIT;
  return true;
}

function storeWhole(account: u32): void {
  let d = append(textCursor(URI_TEXT), uriAt, pathEnd - uriAt);
  if (pathEnd < uriEnd) {
    store<u8>(d++, 63);
    const query = d;
    d = appendRedacted(d, pathEnd + 1, uriEnd - pathEnd - 1);
    if (d > query) readSas(query, d - query, account);
  }
  endText(URI_TEXT, d);
  Row.present |= (<u64>1) << URI_BIT;
}

/** The same for a uri that came before its key or account. */
function followsAfterAll(account: u32): bool {
  pathEnd = followingEnd(account, uriAt);
  if (!pathEnd || pathEnd > uriEnd) return false;
  return pathEnd == uriEnd || (load<u8>(pathEnd) == 63 && pathEnd + 1 != uriEnd);
}

/** Finds the parts of the uri; false to bail. */
function partUri(account: u32): bool {
  pathEnd = find(uriAt, uriEnd, 63);
  pathAt = findPath(pathEnd);
  // The value of a parameter before the question mark would go on behind it.
  const head = pathEnd - uriAt + <usize>(pathEnd < uriEnd);
  return pathAt != 0 && !isForeignKey(account) && !suspect(uriAt, head);
}

function deriveUri(account: u32): bool {
  if (!follows && isKeyPlain) follows = followsAfterAll(account);
  if (!follows && !partUri(account)) return false;
  if (follows || (pathEnd + 1 != uriEnd && followsFromKey(account))) {
    if (pathEnd == uriEnd || storeQuery(account)) return storeBase(account);
  }
  storeWhole(account);
  return true;
}

function serviceIs(name: u64, length: usize): bool {
  const service = load<u16>(SERVICE + (Row.index << 1));
  if (valueLength(SERVICE_DICT, service) != length) return false;
  return (load<u64>(valueAt(SERVICE_DICT, service)) & (((<u64>1) << (length << 3)) - 1)) == name;
}

const FILE: u64 = 0x656c6966;
const TABLE: u64 = 0x656c626174;

/** Container of `/account/container/name`, or the first part of the path where the key has none. */
function deriveContainer(): bool {
  let at = keyEnd;
  let end = keyEnd;
  if (keyAt < keyEnd && load<u8>(keyAt) == 47) {
    at = min(find(keyAt + 1, keyEnd, 47) + 1, keyEnd);
    end = find(at, keyEnd, 47);
  }
  if (at == end) {
    if (keyAt < keyEnd && !serviceIs(FILE, 4)) return true;
    if (pathAt == pathEnd) return true;
    if (find(pathAt, pathEnd, 37) != pathEnd) return false;
    at = pathAt + 1;
    end = find(at, pathEnd, 47);
    if (at == end) return true;
  }
  if (serviceIs(TABLE, 5)) end = find(at, end, 40);
  if (at == end || !internText(CONTAINER_DICT, at, end - at)) return false;
  store<u16>(CONTAINER + (Row.index << 1), <u16>code);
  Row.present |= (<u64>1) << CONTAINER_BIT;
  return true;
}

/** The source of a copy stands in the key. */
function isUrl(): bool {
  return keyEnd - keyAt > 6 && (load<u32>(keyAt) | 0x20202020) == 0x70747468;
}

/** Fills the columns that follow from account, service, object key and uri; sets `Sas`. False to bail, or if `full`. */
export function derivePlace(): bool {
  const account = <u32>load<u16>(ACCOUNT + (Row.index << 1));
  Sas.kind = 0;
  if (isUrl() || !isPlain(account) || (uriAt < uriEnd && !deriveUri(account)) || !deriveContainer()) return false;
  if (Sas.kind) {
    store<u64>(SAS_ID + (Row.index << 3), Sas.id);
    store<u64>(TOKEN_FINGERPRINT + (Row.index << 3), Sas.fingerprint);
    Row.present |= ((<u64>1) << SAS_ID_BIT) | ((<u64>1) << TOKEN_FINGERPRINT_BIT);
  }
  return true;
}
