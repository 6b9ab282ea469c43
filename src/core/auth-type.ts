import type { SasKind } from './sas.ts';

/** How a request was authorised. */
export type AuthType =
  | `sas_${SasKind}`
  | 'trusted'
  | 'account_key'
  | 'oauth'
  | 'anonymous'
  | 'kerberos'
  | 'ntlm'
  | 'vnet'
  | 'local_user'
  | 'unknown';

const prefixes: readonly (readonly [string, AuthType])[] = [
  ['accountkey', 'account_key'],
  ['sharedkey', 'account_key'],
  ['authenticated', 'account_key'],
  ['oauth', 'oauth'],
  ['bearer', 'oauth'],
  ['anonymous', 'anonymous'],
  ['kerberos', 'kerberos'],
  ['ntlm', 'ntlm'],
  ['vnet', 'vnet'],
  ['localuser', 'local_user'],
];

/**
 * The kind of authorisation named by `identity.type` (resource logs) or auth-type (`$logs`), in any case and with or
 * without spaces. Whatever starts or ends with `sas` is a SAS, of user delegation if the type or its parameters say so,
 * else of the kind its parameters have, else of a service. `TrustedAccess…` is none.
 *
 * @param sasKind kind of the SAS in the request's uri, null if there is none.
 */
export function authType(identityType: string, sasKind: SasKind | null): AuthType {
  const type = identityType.toLowerCase().replaceAll(' ', '');
  if (type.startsWith('trustedaccess')) return 'trusted';
  if (type.endsWith('sas') || type.startsWith('sas')) {
    if (type.includes('delegation') || type === 'dsas') return 'sas_user_delegation';
    return `sas_${sasKind ?? 'service'}`;
  }
  return prefixes.find(([prefix]) => type.startsWith(prefix))?.[1] ?? 'unknown';
}
