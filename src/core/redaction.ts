/** What stands in for a secret, as Azure Monitor itself writes it. */
export const signatureMark = 'XXXXX';

const secretNames: ReadonlySet<string> = new Set([
  'sig',
  'signature',
  'x-amz-signature',
  'x-goog-signature',
  'code',
  'token',
]);
const nameLengthMax = 16;
/** Base64 characters of an HMAC-SHA256 signature, its final `=` included. */
const signatureLength = 44;

/** One character of a text whatever it is wrapped in: as is, percent-encoded (any depth), `&#61;`, `\u003d`. */
interface Cursor {
  code: number;
  next: number;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Value of `count` hexadecimal digits at `at`, -1 if there are fewer. */
function hexAt(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = i < text.length ? hexDigit(text.charCodeAt(i)) : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function readPercent(text: string, at: number, cursor: Cursor): void {
  let digits = at + 1;
  // %253D: a percent sign that was itself encoded, any number of times.
  while (hexAt(text, digits, 2) === 0x25 && hexAt(text, digits + 2, 2) >= 0) digits += 2;
  const code = hexAt(text, digits, 2);
  if (code < 0) return;
  cursor.code = code;
  cursor.next = digits + 2;
}

function readEntity(text: string, at: number, cursor: Cursor): void {
  const hex = (text.charCodeAt(at + 2) | 0x20) === 0x78;
  let end = at + (hex ? 3 : 2);
  let code = 0;
  for (; end < at + 10 && end < text.length; end++) {
    const digit = hexDigit(text.charCodeAt(end));
    if (digit < 0 || (!hex && digit > 9)) break;
    code = code * (hex ? 16 : 10) + digit;
  }
  if (end === at + (hex ? 3 : 2) || text.charCodeAt(end) !== 0x3b) return;
  cursor.code = code;
  cursor.next = end + 1;
}

function readEscape(text: string, at: number, cursor: Cursor): void {
  const kind = text.charCodeAt(at + 1) | 0x20;
  const count = kind === 0x75 ? 4 : kind === 0x78 ? 2 : 0;
  const code = count === 0 ? -1 : hexAt(text, at + 2, count);
  if (code < 0) return;
  cursor.code = code;
  cursor.next = at + 2 + count;
}

function read(text: string, at: number, cursor: Cursor): void {
  const code = text.charCodeAt(at);
  cursor.code = code;
  cursor.next = at + 1;
  if (code === 0x25) readPercent(text, at, cursor);
  else if (code === 0x26 && text.charCodeAt(at + 1) === 0x23) readEntity(text, at, cursor);
  else if (code === 0x5c) readEscape(text, at, cursor);
}

/** Letters, digits, `_`, `-`, `.` and `/` belong to a name; `/` so that a folder called `code=x` is none. */
function isNameCode(code: number): boolean {
  if (code >= 0x2d && code <= 0x39) return true;
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || code === 0x5f;
}

function isBase64Code(code: number): boolean {
  const lower = code | 0x20;
  if ((lower >= 0x61 && lower <= 0x7a) || (code >= 0x2f && code <= 0x39)) return true;
  return code === 0x2b || code === 0x3d;
}

/** Ends a value: `&` in any encoding; `#`, `;`, quotes, `<`, `>`, white space and controls only as themselves. */
function endsValue(code: number, encoded: boolean): boolean {
  if (code === 0x26) return true;
  if (encoded) return false;
  return (
    code <= 0x20 ||
    code === 0x22 ||
    code === 0x23 ||
    code === 0x27 ||
    code === 0x3b ||
    code === 0x3c ||
    code === 0x3e ||
    code === 0x7f ||
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x2028 ||
    code === 0x2029
  );
}

/** End of a signature whose `+` became spaces: 44 base64 characters or spaces, the last `=`. -1 if there is none. */
function spacedSignatureEnd(text: string, start: number, cursor: Cursor): number {
  let at = start;
  for (let i = 0; i < signatureLength; i++) {
    if (at >= text.length) return -1;
    read(text, at, cursor);
    if (!isBase64Code(cursor.code) && cursor.code !== 0x20) return -1;
    at = cursor.next;
  }
  return cursor.code === 0x3d ? at : -1;
}

/** Where the value behind an `=` begins: a quote before it, as itself or behind backslashes, is none of it. */
function valueStart(text: string, at: number): number {
  let start = at;
  while (text.charCodeAt(start) === 0x5c) start += 1;
  const quote = text.charCodeAt(start);
  return quote === 0x22 || quote === 0x27 ? start + 1 : at;
}

function valueEnd(text: string, start: number, cursor: Cursor): number {
  let at = start;
  while (at < text.length) {
    read(text, at, cursor);
    if (endsValue(cursor.code, cursor.next > at + 1)) break;
    at = cursor.next;
  }
  if (text.startsWith(signatureMark, start) && at === start + signatureMark.length) return at;
  return Math.max(at, spacedSignatureEnd(text, start, cursor));
}

/** True for the name, or the last part of the dotted path, of a parameter whose value is a secret. */
export function isSecretName(name: string): boolean {
  return secretNames.has(name.slice(name.lastIndexOf('.') + 1).toLowerCase());
}

const suspicious = /[=%\\]|&#/;

/**
 * `text` with the value of every signature-like parameter replaced by `XXXXX`.
 *
 * A parameter is a name (`sig`, `signature`, `x-amz-signature`, `x-goog-signature`, `code`, `token`, any case), preceded
 * by the start of the text or a character that cannot be in a name, and followed by `=`. Every character may be
 * percent-encoded any number of times, a numeric HTML entity or a `\u0000` escape. The value begins behind a quote that
 * follows, with or without backslashes, and ends before `&` (any encoding), a literal `#` `;` `<` `>`, quote, white space or
 * control character, or at the end of the text; it goes on over spaces where these make it 44 characters of base64, a
 * signature whose `+` were form-decoded. An empty value and one that is `XXXXX` already stay as they are, so redacting
 * twice changes nothing. Linear in the length.
 */
export function redact(text: string): string {
  if (!suspicious.test(text)) return text;
  const cursor: Cursor = { code: 0, next: 0 };
  let name = '';
  let kept = 0;
  let redacted = '';
  for (let at = 0; at < text.length; ) {
    read(text, at, cursor);
    at = cursor.next;
    if (isNameCode(cursor.code)) {
      if (name.length <= nameLengthMax) name += String.fromCharCode(cursor.code);
      continue;
    }
    if (cursor.code === 0x3d && name !== '' && secretNames.has(name.toLowerCase())) {
      const start = valueStart(text, at);
      at = valueEnd(text, start, cursor);
      if (at > start && !(at === start + signatureMark.length && text.startsWith(signatureMark, start))) {
        redacted += text.slice(kept, start) + signatureMark;
        kept = at;
      }
    }
    name = '';
  }
  return kept === 0 ? text : redacted + text.slice(kept);
}
