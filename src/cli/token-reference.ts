import { AppError } from '../core/errors.ts';
import { signatureHash } from '../core/token-hash.ts';

/** Fewest digits of a token's hash that name it on the command line. */
const digitsMin = 8;

/**
 * The leading hexadecimal digits, upper-case and at most 32, of the hash of the token a person means.
 *
 * @param reference 64 or 32 digits of the hash (or their beginning), or a URL or query with `sig=…`, which is hashed here
 * and kept nowhere.
 * @throws AppError CONFIG_INVALID where it is neither; the text is not repeated, as it may hold a signature.
 */
export function tokenDigits(reference: string): string {
  const text = reference.trim();
  const signature = /(?:^|[?&;])sig=([^&;#\s]+)/i.exec(text)?.[1];
  if (signature !== undefined) return signatureHash(signature).slice(0, 32);
  if (/^[0-9a-f]+$/i.test(text) && text.length >= digitsMin && text.length <= 64)
    return text.slice(0, 32).toUpperCase();
  throw new AppError(
    'CONFIG_INVALID',
    `This names no token. Give its hash as the log has it (64 hexadecimal digits, or the first ${digitsMin} and more), or the SAS URL with its sig in quotes.`,
  );
}
