import { hash } from 'node:crypto';
import type { Framing } from '../source.ts';

/**
 * What the position token of a range says beside the byte: words parted by a space.
 *
 * `end`: nothing is left to read of a stream whose size only its end tells, as a gzip. `replaced`: the log is no longer the
 * one that was read up to here. Then what was read: its framing, its etag and, as `tail=LENGTH:HASH`, its last bytes.
 */
export interface RangeMark {
  readonly ended?: boolean;
  readonly replaced?: boolean;
  readonly framing?: Framing;
  readonly etag?: string;
  readonly tail?: Tail;
}

/** Length and hash of the bytes before a position, by which a later reader sees that they are still the same. */
export interface Tail {
  readonly length: number;
  readonly hash: string;
}

/** Bytes before a position that a later reader reads again: a record or two. */
export const tailBytes = 4 << 10;

/** Position token behind the last byte of a stream. */
export const endOfStream = 'end';

export function formatMark({ ended, replaced, framing, etag, tail }: RangeMark): string {
  const words = [
    ended ? endOfStream : '',
    replaced ? 'replaced' : '',
    framing === undefined ? '' : `framing=${framing}`,
    etag === undefined ? '' : `etag=${etag}`,
    tail === undefined ? '' : `tail=${tail.length}:${tail.hash}`,
  ];
  return words.filter((word) => word !== '').join(' ');
}

/** Reads a token that `formatMark` wrote; words it does not know are passed over. */
export function parseMark(token: string | undefined): RangeMark {
  if (token === undefined) return {};
  const words = new Map(token.split(' ').map((word) => [word.split('=', 1)[0], word.slice(word.indexOf('=') + 1)]));
  const framing = words.get('framing');
  const etag = words.get('etag');
  const [, length, hash] = /^(\d+):([0-9a-f]+)$/.exec(words.get('tail') ?? '') ?? [];
  return {
    ...(words.has(endOfStream) ? { ended: true } : {}),
    ...(words.has('replaced') ? { replaced: true } : {}),
    ...(framing === 'lines' || framing === 'records' || framing === 'classic' ? { framing } : {}),
    ...(etag === undefined ? {} : { etag }),
    ...(length === undefined || hash === undefined ? {} : { tail: { length: Number(length), hash } }),
  };
}

/** The tail of `bytes`: of their last `tailBytes`. */
export function tailOf(bytes: Uint8Array): Tail {
  const last = bytes.subarray(Math.max(0, bytes.length - tailBytes));
  return { length: last.length, hash: hash('sha256', last, 'hex').slice(0, 32) };
}
