import { createHmac, timingSafeEqual } from 'node:crypto';
import { entityPath } from './node-address.ts';

/** What a valid token allows: everything at and below `path`, until it expires. */
export interface SasGrant {
  readonly path: string;
  readonly expiresAtMs: number;
}

/**
 * Checks a `SharedAccessSignature sr=…&sig=…&se=…&skn=…` against the keys of the namespace.
 *
 * The host in `sr` is not compared: clients see this endpoint under whatever name and port they were given.
 *
 * @returns the grant, or a text that says why there is none; the text never holds the signature.
 * @see https://learn.microsoft.com/azure/event-hubs/authenticate-shared-access-signature
 */
export function verifySasToken(
  token: string,
  keys: Readonly<Record<string, string>>,
  nowMs: number,
): SasGrant | string {
  const [scheme, fields] = token.trim().split(/\s+/, 2);
  if (scheme !== 'SharedAccessSignature' || fields === undefined) return 'InvalidToken: not a SharedAccessSignature';
  const { sr, sig, se, skn } = parseFields(fields);
  if (sr === undefined || sig === undefined || se === undefined || skn === undefined) {
    return 'InvalidToken: sr, sig, se and skn must all be there';
  }
  const keyName = decode(skn);
  const key = Object.hasOwn(keys, keyName) ? keys[keyName] : undefined;
  if (key === undefined) return `InvalidSignature: there is no key named "${keyName}"`;
  const expected = createHmac('sha256', key).update(`${sr}\n${se}`).digest();
  const received = Buffer.from(decode(sig), 'base64');
  if (received.length !== expected.length || !timingSafeEqual(received, expected)) {
    return `InvalidSignature: the token is not signed with key "${keyName}"`;
  }
  const expiresAtMs = Number(se) * 1000;
  if (!(expiresAtMs > nowMs)) return `ExpiredToken: the token was valid until ${se}`;
  return { path: entityPath(decode(sr)).toLowerCase(), expiresAtMs };
}

function parseFields(fields: string): Partial<Record<string, string>> {
  return Object.fromEntries(
    fields.split('&').map((field) => {
      const equals = field.indexOf('=');
      return [field.slice(0, equals), field.slice(equals + 1)];
    }),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
