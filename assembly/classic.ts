// Lines of classic storage analytics logs. Each field is written as a JSON string into CLASSIC_LINE_AT, without its quotes
// and entities, and then read as the member of a record that it corresponds to.
//
// The host writes CLASSIC_FIELDS_AT, 32 bytes a field:
//    0 key u8, 0 if it has no column | 1 object u8 | 2 name's length u8 | 8 name
import {
  AUTHORIZATION_KEY, CATEGORY, CATEGORY_GIVEN, CLASSIC_FIELDS_AT, CLASSIC_LINE_AT, CLASSIC_URI_FIELD, OPERATION_NAME,
  OPERATION_NAME_GIVEN, PROTOCOL, PROTOCOL_BIT, PROTOCOL_DICT,
} from './layout';
import { categoryOf } from './derived';
import { code, internValue } from './dictionary';
import { noteUnknown } from './extra';
import { skipValue } from './json';
import { keyAt, setName } from './key';
import { beginRecord, endRecord, readMember } from './record';
import { Row } from './row';
import { find } from './text';

const QUOTE: u8 = 34;
const AMPERSAND: u8 = 38;
const SEMICOLON: u8 = 59;
const BACKSLASH: u8 = 92;

/** What the last `writeField` read up to: a semicolon or the end of the line. */
let fieldEnd: usize = 0;
/** Behind the entity the last `entity` read. */
let entityEnd: usize = 0;

/** Position of the line feed of the line end at `p`, `end` if there is none; 0 if no line ends there. */
function lineEnd(p: usize, end: usize): usize {
  if (load<u8>(p) == 13 && p < end) p++;
  return p == end || load<u8>(p) == 10 ? p : 0;
}

/** The character of the entity whose `&` stands at `p`, or the `&` itself where none begins; 0 for one left to the host. */
function entity(p: usize): u32 {
  const name = load<u64>(p, 1);
  entityEnd = p + 5;
  if (<u32>name == 0x3b706d61) return AMPERSAND;
  entityEnd = p + 6;
  if ((name & 0xffffffffff) == 0x3b746f7571) return QUOTE;
  if ((name & 0xffffffffff) == 0x3b736f7061) return 39;
  entityEnd = p + 4;
  if ((name & 0xffffff) == 0x3b746c) return 60;
  if ((name & 0xffffff) == 0x3b7467) return 62;
  entityEnd = p + 1;
  if (load<u8>(p, 1) == 35) return 0;
  let q = p + 1;
  for (;;) {
    const c = <u32>load<u8>(q);
    if ((c | 0x20) - 97 > 25 && c - 48 > 9) return c == SEMICOLON && q > p + 1 ? 0 : AMPERSAND;
    q++;
  }
  return 0;
}

/** Writes the field at `p` as a JSON string to `d`; returns its end, 0 to bail. The last field is the rest of the line. */
function writeField(p: usize, end: usize, last: bool, d: usize): usize {
  const quoted = load<u8>(p) == QUOTE;
  const separator = i8x16.splat(quoted || last ? QUOTE : SEMICOLON);
  store<u8>(d++, QUOTE);
  if (quoted) p++;
  for (;;) {
    const v = v128.load(p);
    v128.store(d, v);
    const special = v128.or(
      v128.or(i8x16.eq(v, separator), i8x16.eq(v, i8x16.splat(QUOTE))),
      v128.or(
        v128.or(i8x16.eq(v, i8x16.splat(AMPERSAND)), i8x16.eq(v, i8x16.splat(BACKSLASH))),
        i8x16.le_u(v, i8x16.splat(31)),
      ),
    );
    const stops = <u32>i8x16.bitmask(special);
    if (stops == 0) {
      p += 16;
      d += 16;
      continue;
    }
    const n = ctz(stops);
    p += n;
    d += n;
    const c = <u32>load<u8>(p);
    if (c == AMPERSAND) {
      const character = entity(p);
      if (character == 0) return 0;
      if (character == QUOTE) store<u8>(d++, BACKSLASH);
      store<u8>(d++, character);
      p = entityEnd;
      continue;
    }
    if (c == BACKSLASH) {
      store<u16>(d, 0x5c5c);
      d += 2;
      p++;
      continue;
    }
    if (quoted != (c == QUOTE)) return 0;
    if (quoted) p++;
    fieldEnd = p;
    store<u8>(d, QUOTE);
    if (load<u8>(p) == SEMICOLON && !last) return d + 1;
    return lineEnd(p, end) ? d + 1 : 0;
  }
  return 0;
}

/** The JSON at the end of a line of version 2.0, with or without quotes around it; the line's end, 0 to bail. */
function readDetail(p: usize, end: usize): usize {
  const close = lineEnd(p, end);
  if (close) return close;
  const quotes = <usize>(load<u8>(p) == QUOTE);
  p += quotes;
  const c = load<u8>(p);
  if (c != 123 && c != 91) return 0;
  const after = skipValue(p);
  if (!after || find(p, after, AMPERSAND) != after || readMember(keyAt(AUTHORIZATION_KEY), p) != after) return 0;
  return quotes && load<u8>(after) != QUOTE ? 0 : lineEnd(after + quotes, end);
}

function readField(field: usize, p: usize): usize {
  const key = <u32>load<u8>(field);
  if (key) return readMember(keyAt(key), p);
  if (load<u16>(p) == 0x2222) return p + 2;
  setName(field + 8, load<u8>(field, 2));
  return noteUnknown(load<u8>(field, 1), p);
}

const schemes = memory.data<u8>([72, 84, 84, 80, 83]);

/** Files the scheme of the uri whose text begins at `p` under `protocol`. */
function storeProtocol(p: usize): bool {
  if ((load<u32>(p) | 0x20202020) != 0x70747468) return true;
  const n: usize = (load<u8>(p, 4) | 0x20) == 115 ? 5 : 4;
  if (load<u8>(p + n) != 58) return true;
  if (!internValue(PROTOCOL_DICT, schemes, n)) return false;
  store<u16>(PROTOCOL + (Row.index << 1), <u16>code);
  Row.present |= (<u64>1) << PROTOCOL_BIT;
  return true;
}

function storeCategory(): bool {
  const row = Row.index << 1;
  if (((Row.present >> OPERATION_NAME_GIVEN) & 1) == 0 || !categoryOf(load<u16>(OPERATION_NAME + row))) return false;
  store<u16>(CATEGORY + row, <u16>code);
  Row.present |= (<u64>1) << CATEGORY_GIVEN;
  return true;
}

/** Reads the line of version 1.0 or 2.0 at `p` into the row that was begun; the line's end, 0 to bail, or if `full`. */
export function readLine(p: usize, end: usize): usize {
  const version = load<u32>(p);
  const fields: u32 = version == 0x3b302e31 ? 30 : version == 0x3b302e32 ? 38 : 0;
  if (fields == 0) return 0;
  beginRecord();
  let d = CLASSIC_LINE_AT;
  for (let i: u32 = 0; i < min<u32>(fields, 37); i++) {
    const last = i == 29 && fields == 30;
    const start = d;
    d = writeField(p, end, last, d);
    if (!d) return 0;
    p = fieldEnd;
    if (!last && load<u8>(p++) != SEMICOLON) return 0;
    if (readField(CLASSIC_FIELDS_AT + ((<usize>i) << 5), start) != d) return 0;
    if (i == CLASSIC_URI_FIELD && !storeProtocol(start + 1)) return 0;
  }
  const close = fields == 30 ? lineEnd(p, end) : readDetail(p, end);
  return close && storeCategory() && endRecord() ? close : 0;
}
