import { limits } from '../../core/limits.ts';
import type { Framing } from '../source.ts';

const lineFeed = 0x0a;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Longest frame of a framing; a longer one is no log record and is skipped to its end. */
export function frameBytesMax(framing: Framing): number {
  return framing === 'records' ? limits.bodyBytesMax : limits.recordBytesMax;
}

/**
 * End of the last whole frame in `bytes[0, length)`, 0 where there is none.
 *
 * Lines end at a line feed. Bodies may be pretty-printed, so they end at a line feed between `}` and `{`: valid JSON has
 * none inside a value, as objects in an array are parted by a comma and strings hold no raw line feed.
 */
export function lastFrameEnd(bytes: Uint8Array, length: number, framing: Framing): number {
  let feed = length === 0 ? -1 : bytes.lastIndexOf(lineFeed, length - 1);
  if (framing !== 'records') return feed + 1;
  while (feed > 0 && !(previousSolid(bytes, feed) === closeBrace && nextSolid(bytes, feed, length) === openBrace)) {
    feed = bytes.lastIndexOf(lineFeed, feed - 1);
  }
  return Math.max(0, feed + 1);
}

/** First byte after the first frame end at or behind `from`, -1 where there is none: where reading resumes after junk. */
export function nextFrameStart(bytes: Uint8Array, from: number, length: number): number {
  const feed = bytes.subarray(0, length).indexOf(lineFeed, from);
  return feed === -1 ? -1 : feed + 1;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === lineFeed;
}

function previousSolid(bytes: Uint8Array, at: number): number | undefined {
  let position = at - 1;
  while (position >= 0 && isSpace(bytes[position])) position--;
  return bytes[position];
}

function nextSolid(bytes: Uint8Array, at: number, length: number): number | undefined {
  let position = at + 1;
  while (position < length && isSpace(bytes[position])) position++;
  return position < length ? bytes[position] : undefined;
}
