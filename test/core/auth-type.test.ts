import { expect, it } from 'vitest';
import { authType } from '../../src/core/auth-type.ts';

it.each([
  ['SAS', 'account', 'sas_account'],
  ['SAS', 'service', 'sas_service'],
  ['SAS', 'user_delegation', 'sas_user_delegation'],
  ['sas', null, 'sas_service'],
  ['SAS Key', 'account', 'sas_account'],
  ['DelegationSas', 'service', 'sas_user_delegation'],
  ['DelegationSAS', null, 'sas_user_delegation'],
  ['DSas', null, 'sas_user_delegation'],
  ['TrustedAccessSas', 'account', 'trusted'],
  ['TrustedAccess', null, 'trusted'],
  ['AccountKey', null, 'account_key'],
  ['Account Key', null, 'account_key'],
  ['authenticated', null, 'account_key'],
  ['OAuth', null, 'oauth'],
  ['bearer', null, 'oauth'],
  ['Anonymous', null, 'anonymous'],
  ['AnonymousPreflight', null, 'anonymous'],
  ['Kerberos', null, 'kerberos'],
  ['NTLMv2', null, 'ntlm'],
  ['VNetPolicy', null, 'vnet'],
  ['LocalUser', null, 'local_user'],
  ['', 'account', 'unknown'],
  ['Unknown', null, 'unknown'],
] as const)('calls %j with a SAS of kind %s %s', (type, kind, expected) => {
  expect(authType(type, kind)).toBe(expected);
});
