import { hash32, hex4, type Prng } from './prng.ts';

/**
 * Synthetic addresses, none of which belongs to anybody. The public crowd lives in the benchmarking range 198.18.0.0/15
 * (RFC 2544: 512 networks of /24) and in 2001:db8::/32; named actors live in the three documentation networks.
 */
export function crowdAddress(clientId: number): string {
  const hash = hash32(`client ${clientId}`);
  if (hash % 25 === 0) return `2001:db8:${hex4(hash >>> 16)}::${hex4(hash >>> 3)}`;
  return `198.${18 + (hash & 1)}.${(hash >>> 1) & 255}.${1 + ((hash >>> 9) % 254)}`;
}

/** The same address with a port, as most records have it; IPv6 callers are logged without one. */
export function withPort(address: string, prng: Prng): string {
  return address.includes(':') ? address : `${address}:${prng.int(1_024, 65_535)}`;
}

/** A same-region Azure machine: such callers show private addresses even through the public endpoint. */
export function sameRegionAddress(machine: number): string {
  return `10.${4 + ((machine >>> 8) & 31)}.${machine & 255}.${4 + ((machine * 7) % 250)}`;
}

/** The `machine`-th public address that somebody keeps for one purpose at one account: an office, a vendor, a partner. */
export function siteAddress(account: { readonly name: string }, purpose: string, machine: number): string {
  return crowdAddress(hash32(`${account.name} ${purpose} ${machine}`));
}

/** A machine of the storage service itself, reading for a server-side copy. */
export function storageServiceAddress(machine: number): string {
  return `52.239.${1 + (machine % 250)}.${4 + ((machine * 11) % 240)}`;
}

/** Fixed addresses of the people and services in the scenarios. Attackers never share a /24 with benign callers. */
export const addresses = {
  researchers: ['10.0.8.14', '10.0.8.31'],
  backupServer: '10.1.2.7',
  collector: ['198.18.40.10', '198.18.41.22'],
  mirror: ['198.18.77.5', '198.18.77.6'],
  drain: ['203.0.113.77', '203.0.113.78', '203.0.113.113'],
  borrowedCollector: '203.0.113.201',
  tamperer: '198.51.100.201',
  scout: '192.0.2.140',
} as const;
