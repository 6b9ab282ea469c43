import { AppError } from '../core/errors.ts';
import { signatureMark } from '../core/redaction.ts';
import { parseSas, tokenFingerprint } from '../core/sas.ts';
import { hostAccount, parseUri } from '../core/storage-uri.ts';
import { signatureHash } from '../core/token-hash.ts';
import type { Span, TokenSearch } from '../store/token-search.ts';

/** Fewest digits of a token's hash that name it on the command line. */
const digitsMin = 8;

/** How a person named a token; nothing of it is secret. */
export interface TokenReference {
  /** Leading hexadecimal digits, upper-case and at most 32, of the hash of its signature; null where that is redacted. */
  readonly digits: string | null;
  /** Hash of account and parameters, from a whole URL: finds a token whose signature no log has kept. */
  readonly fingerprint: bigint | null;
}

function fingerprintOf(text: string): bigint | null {
  const uri = parseUri(text);
  const host = uri === null ? null : hostAccount(uri.base);
  const set = uri?.query == null ? null : parseSas(uri.query);
  return host === null || set === null ? null : tokenFingerprint(host.account, set);
}

/**
 * Reads what a person gives to name a token: 64 or 32 digits of the hash (or their beginning), or a URL or query with
 * `sig=…`, which is hashed here and kept nowhere. A URL out of a log, its signature redacted, is known by its parameters.
 *
 * @throws AppError CONFIG_INVALID where it is neither; the text is not repeated, as it may hold a signature.
 */
export function parseTokenReference(reference: string): TokenReference {
  const text = reference.trim();
  const signature = /(?:^|[?&;])sig=([^&;#\s]+)/i.exec(text)?.[1];
  const fingerprint = fingerprintOf(text);
  if (signature !== undefined && signature !== signatureMark) {
    return { digits: signatureHash(signature).slice(0, 32), fingerprint };
  }
  if (fingerprint !== null) return { digits: null, fingerprint };
  if (/^[0-9a-f]+$/i.test(text) && text.length >= digitsMin && text.length <= 64) {
    return { digits: text.slice(0, 32).toUpperCase(), fingerprint: null };
  }
  throw new AppError(
    'CONFIG_INVALID',
    `This names no token. Give its hash as the log has it (64 hexadecimal digits, or the first ${digitsMin} and more), or the SAS URL with its sig in quotes.`,
  );
}

const tokenDigits = 16;

/** The 64-bit numbers that begin with these digits. */
function spanOf(digits: string): Span {
  const head = digits.slice(0, tokenDigits);
  return { first: BigInt(`0x${head.padEnd(tokenDigits, '0')}`), last: BigInt(`0x${head.padEnd(tokenDigits, 'F')}`) };
}

/** Where to look for the tokens of a reference: `tokens` then holds them, and maybe others with the same first 64 bits. */
export function tokenSearch({ digits, fingerprint }: TokenReference): TokenSearch {
  if (digits === null) return { hashed: null, unhashed: null, fingerprint };
  const hashed = spanOf(digits);
  if (fingerprint !== null) return { hashed, unhashed: { first: fingerprint, last: fingerprint }, fingerprint: null };
  // A token without a hash goes by the 16 digits of its fingerprint.
  return { hashed, unhashed: digits.length > tokenDigits ? null : hashed, fingerprint: null };
}
