// Fields nobody knows: noted while the record is read, written as one JSON object at its end.
//
//   notes 32 B   object u32 | name u32, length u32 | value u32, length u32 | canonical u32
import { ANSWER_AT, EXTRA_BIT, EXTRA_TEXT, OBJECTS_AT, UNKNOWN_FIELDS_MAX, UNKNOWNS_AT } from './layout';
import { json } from './host';
import { canonical, isNull, skipValue } from './json';
import { nameAt, nameLength } from './key';
import { isSecretName, suspect } from './redaction';
import { endText, Row, textCursor } from './row';
import { same, validUtf8 } from './text';
import { append } from './utf8-column';

let count: u32 = 0;

export function beginExtra(): void {
  count = 0;
}

// @ts-ignore: decorator
@inline
function noteAt(index: u32): usize {
  return UNKNOWNS_AT + ((<usize>index) << 5);
}

/** `{"records":[…]}` is no record. */
function isRecords(object: u32, p: usize, n: usize): bool {
  return object == 0 && n == 7 && (load<u64>(p) & 0xffffffffffffff) == 0x7364726f636572;
}

/** A name that JSON, JavaScript's order of members or a path of names could turn into something else. */
function isOddName(object: u32, p: usize, n: usize): bool {
  if (n == 0 || <u32>load<u8>(p) - 48 < 10 || isRecords(object, p, n)) return true;
  for (let i: usize = 0; i < n; i++) if (load<u8>(p + i) == 46) return true;
  return isSecretName(p, n) || suspect(p, n) || !validUtf8(p, n);
}

function isNoted(object: u32, p: usize, n: usize): bool {
  for (let i: u32 = 0; i < count; i++) {
    const note = noteAt(i);
    if (load<u32>(note) == object && load<u32>(note, 8) == <u32>n && same(load<u32>(note, 4), p, n)) return true;
  }
  return false;
}

/** Notes the value at `p` under the name `readOther` has read. Returns the position behind it, 0 to bail. */
export function noteUnknown(object: u32, p: usize): usize {
  const name = nameAt;
  const length = nameLength;
  if (count == UNKNOWN_FIELDS_MAX || isOddName(object, name, length) || isNoted(object, name, length)) return 0;
  const end = skipValue(p);
  if (!end) return 0;
  const note = noteAt(count++);
  store<u32>(note, object);
  store<u32>(note, <u32>name, 4);
  store<u32>(note, <u32>length, 8);
  store<u32>(note, <u32>p, 12);
  store<u32>(note, <u32>(end - p), 16);
  store<u32>(note, <u32>canonical, 20);
  return end;
}

/** Writes a member; its end, 0 to bail. The host wrote each object's path, its length and depth in 64 bytes. */
function writeMember(note: usize, d: usize): usize {
  const object = OBJECTS_AT + ((<usize>load<u32>(note)) << 6);
  const value = load<u32>(note, 12);
  const length = load<u32>(note, 16);
  store<u8>(d++, 34);
  d = append(d, object, load<u8>(object, 62));
  d = append(d, load<u32>(note, 4), load<u32>(note, 8));
  store<u16>(d, 0x3a22);
  d += 2;
  if (load<u32>(note, 20)) return append(d, value, length);
  const written = json(value, length, load<u8>(object, 63));
  return written < 0 ? 0 : append(d, ANSWER_AT, written);
}

/** Fills the row's `extra`; false to bail. */
export function writeExtra(): bool {
  if (count == 0) return true;
  const start = textCursor(EXTRA_TEXT);
  let d = start;
  for (let i: u32 = 0; i < count; i++) {
    const note = noteAt(i);
    if (isNull(load<u32>(note, 12))) continue;
    store<u8>(d, d == start ? 123 : 44);
    d = writeMember(note, d + 1);
    if (!d) return false;
  }
  if (d == start) return true;
  store<u8>(d++, 125);
  endText(EXTRA_TEXT, d);
  Row.present |= (<u64>1) << EXTRA_BIT;
  return true;
}
