import { isIP } from 'node:net';

/** Whether a text is an IPv4 or IPv6 address or a prefix of either, as `192.0.2.0/24` or `2001:db8::/32`; of one bit at least. */
export function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  // A zone names an interface of one machine; IPv4 within IPv6 is written as IPv4 by the log.
  if (version === 0 || more.length > 0 || address.includes('%') || (version === 6 && address.includes('.')))
    return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
