const mappedForm = /^::ffff:(\d+\.\d+\.\d+)\.\d+$/i;
const groupForm = /^[0-9a-f]{1,4}$/i;

function firstGroups(address: string): string[] | null {
  const [head = '', tail, more] = address.split('::');
  if (more !== undefined) return null;
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  if (tail === undefined ? before.length !== 8 : before.length + after.length > 7) return null;
  const groups = [
    ...before,
    ...Array<string>(tail === undefined ? 0 : 8 - before.length - after.length).fill('0'),
    ...after,
  ];
  return groups.every((group) => groupForm.test(group)) ? groups.slice(0, 4) : null;
}

/**
 * The network of an address: `192.0.2.0/24`, or `2001:db8:0:1::/64` with four lower-case groups without leading zeros. A
 * text that is no address is its own network.
 */
export function networkOf(text: string): string {
  const address = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const octets = address.split('.');
  if (octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet))) {
    return `${octets.slice(0, 3).join('.')}.0/24`;
  }
  const mapped = mappedForm.exec(address);
  if (mapped !== null) return `${mapped[1]}.0/24`;
  const groups = address.includes(':') ? firstGroups(address) : null;
  if (groups === null) return text;
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** Dotted text of an IPv4 address given as a number. */
export function ipv4Text(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** The network of an IPv4 address given as a number, as `networkOf` its text. */
export function ipv4NetworkText(address: number): string {
  return `${ipv4Text(address & 0xffff_ff00)}/24`;
}
