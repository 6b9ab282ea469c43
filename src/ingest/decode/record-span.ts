import { limits } from '../../core/limits.ts';

/** Bytes of a JSON object in the input. */
export interface Span {
  readonly start: number;
  /** After the closing brace. */
  readonly end: number;
}

const quoteByte = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

/** First byte from `at` on that is no JSON white space; `end` if there is none. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let p = at;
  while (p < end) {
    const byte = bytes[p];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    p += 1;
  }
  return p;
}

/** After the closing quote of the string that opens at `at`; `end` if it does not close. */
function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let p = at + 1; p < end; p++) {
    const byte = bytes[p];
    if (byte === backslash) p += 1;
    else if (byte === quoteByte) return p + 1;
  }
  return end;
}

/**
 * Where the object or array that opens at `at` closes, brackets inside strings apart.
 *
 * @returns the place after its last bracket; -1 if it does not close before `end`.
 */
export function closingEnd(bytes: Uint8Array, at: number, end: number): number {
  let depth = 0;
  for (let p = at; p < end; ) {
    const byte = bytes[p];
    if (byte === quoteByte) {
      p = stringEnd(bytes, p, end);
      continue;
    }
    p += 1;
    if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
      if (depth === 0) return p;
    }
  }
  return -1;
}

/** After `"records":[` of the object that opens at `at`, wherever among its members; -1 if it has no such array. */
export function recordsStart(bytes: Uint8Array, at: number, end: number): number {
  let p = skipSpace(bytes, at + 1, end);
  while (bytes[p] === quoteByte && p < end) {
    const nameEnd = stringEnd(bytes, p, end);
    const isRecords = nameEnd - p === 9 && Buffer.from(bytes.subarray(p + 1, nameEnd - 1)).toString() === 'records';
    p = skipSpace(bytes, nameEnd, end);
    if (bytes[p] !== colon) return -1;
    p = skipSpace(bytes, p + 1, end);
    if (isRecords) return bytes[p] === openBracket ? p + 1 : -1;
    p = valueEnd(bytes, p, end);
    p = skipSpace(bytes, p, end);
    if (bytes[p] !== comma) return -1;
    p = skipSpace(bytes, p + 1, end);
  }
  return -1;
}

function valueEnd(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at];
  if (byte === quoteByte) return stringEnd(bytes, at, end);
  if (byte === openBrace || byte === openBracket) {
    const close = closingEnd(bytes, at, end);
    return close < 0 ? end : close;
  }
  let p = at;
  while (p < end && bytes[p] !== comma && bytes[p] !== closeBrace) p += 1;
  return p;
}

/** After the brace that closes the object whose array ended just before `at`; `end` if it does not close. */
export function envelopeEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let p = at; p < end; ) {
    const byte = bytes[p];
    if (byte === closeBrace) return p + 1;
    if (byte === quoteByte || byte === openBrace || byte === openBracket) p = valueEnd(bytes, p, end);
    else p += 1;
  }
  return end;
}

/**
 * Where records go on after damage: the next `{` behind a comma that opens an object `accepts`.
 *
 * Work is bounded by `budget`, so a hostile body cannot make every brace cost a record's length.
 */
export class Resync {
  #budget: number;

  constructor(inputBytes: number) {
    this.#budget = 32 * limits.recordBytesMax + 4 * inputBytes;
  }

  /** Start of the next whole record after `at`, -1 if there is none before `end`. */
  next(bytes: Uint8Array, at: number, end: number, accepts: (span: Span) => boolean): number {
    for (let p = bytes.indexOf(comma, at); p >= 0 && p < end && this.#budget > 0; p = bytes.indexOf(comma, p + 1)) {
      const start = skipSpace(bytes, p + 1, end);
      if (bytes[start] !== openBrace) continue;
      const close = closingEnd(bytes, start, Math.min(end, start + limits.recordBytesMax));
      this.#budget -= close < 0 ? Math.min(end - start, limits.recordBytesMax) : close - start;
      if (close >= 0 && accepts({ start, end: close })) return start;
    }
    return -1;
  }
}
