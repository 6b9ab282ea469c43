import { createHash } from 'node:crypto';

/** `identity.tokenHash` of a request signed by a key: which key, and for a SAS which signature. */
export interface ParsedTokenHash {
  /** key1, key2, kerb1, system-1, system-delegation … as written. */
  readonly keyName: string;
  /** SHA-256 of the key's bytes, 64 hex digits as written. */
  readonly keyHash: string;
  /** SHA-256 of the SAS signature's base64 text, 64 hex digits as written; null for a request without SAS. */
  readonly signatureHash: string | null;
}

const tokenHashForm = /^([^(),]+)\(([0-9A-Fa-f]{64})\)(?:,SasSignature\(([0-9A-Fa-f]{64})\))?$/;

/** `key1(H1)` or `key1(H1),SasSignature(H2)` taken apart; null for every other form (OAuth's bare hash, fixtures' `0`). */
export function parseTokenHash(text: string): ParsedTokenHash | null {
  const match = tokenHashForm.exec(text);
  if (match === null) return null;
  const [, keyName = '', keyHash = '', signature] = match;
  return { keyName, keyHash, signatureHash: signature ?? null };
}

/**
 * The hash under which logs name a SAS: SHA-256 of the URL-decoded base64 text of `sig`, 64 upper-case hex digits.
 *
 * Accepts the value as found in a URL (percent-encoded once or more) or decoded. Base64 has no spaces, so a space is a
 * `+` that somebody form-decoded. The result is not secret; the argument is.
 */
export function signatureHash(sig: string): string {
  let text = sig;
  while (/%[0-9A-Fa-f]{2}/.test(text)) {
    text = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  return createHash('sha256').update(text.replaceAll(' ', '+')).digest('hex').toUpperCase();
}

/** What the columns keep of a signature hash: its first 64 bits as a number, its first 128 bits as bytes. */
export function hashToken(hex64: string): { readonly token: bigint; readonly tokenHash: Uint8Array<ArrayBuffer> } {
  const tokenHash = new Uint8Array(16);
  for (let i = 0; i < 16; i++) tokenHash[i] = Number.parseInt(hex64.slice(2 * i, 2 * i + 2), 16);
  return { token: BigInt(`0x${hex64.slice(0, 16)}`), tokenHash };
}
