import { isIPv4, isIPv6 } from 'node:net';

/** `private` may be an unknown tenant of the same region; `azure` is storage reading for a server-side copy. */
export type IpClass = 'public' | 'private' | 'azure' | 'redacted' | 'other';

/** `callerIpAddress` taken apart. Exactly one of `ip` and `ipv4` is set. */
export interface CallerAddress {
  /** The address as written without brackets and port, where it is not IPv4. */
  readonly ip: string | null;
  readonly ipv4: number | null;
  readonly port: number | null;
  readonly ipClass: IpClass;
}

const portForm = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/;
const redactedForm = /^<redacted>$/i;

function ipv4Number(text: string): number {
  let address = 0;
  let part = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== 0x2e) part = part * 10 + code - 0x30;
    else {
      address = (address << 8) | part;
      part = 0;
    }
  }
  return ((address << 8) | part) >>> 0;
}

function ipv4Class(address: number): IpClass {
  const a = address >>> 24;
  const b = (address >>> 16) & 0xff;
  if (a === 10 || a === 127 || (a === 172 && b >= 16 && b < 32)) return 'private';
  if ((a === 192 && b === 168) || (a === 169 && b === 254)) return 'private';
  return a === 52 && b === 239 ? 'azure' : 'public';
}

function ipv6Class(text: string): IpClass {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1];
  if (mapped !== undefined) return ipv4Class(ipv4Number(mapped));
  // fc00::/7 unique local, fe80::/10 link local, ::1 loopback.
  return /^(?:f[cd]..:|fe[89ab].:|(?:0{0,4}:){2,7}0{0,3}1$)/i.test(text) ? 'private' : 'public';
}

/**
 * Reads every form the logs are known to hold: IPv4 or `<Redacted>`, each with or without `:port`, IPv6 bare, `[v6]` and
 * `[v6]:port`. Any other text is kept whole as `ip`, of class `other`.
 */
export function parseCaller(text: string): CallerAddress {
  const match = portForm.exec(text);
  const port = match === null ? null : Number(match[3]);
  const bare = match?.[1] ?? match?.[2] ?? (text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text);
  const whole = { ip: text, ipv4: null, port: null, ipClass: 'other' } as const;
  if (port !== null && port > 65_535) return whole;
  if (isIPv4(bare)) {
    const ipv4 = ipv4Number(bare);
    return { ip: null, ipv4, port, ipClass: ipv4Class(ipv4) };
  }
  if (isIPv6(bare)) return { ip: bare, ipv4: null, port, ipClass: ipv6Class(bare) };
  return redactedForm.test(bare) ? { ip: bare, ipv4: null, port, ipClass: 'redacted' } : whole;
}
