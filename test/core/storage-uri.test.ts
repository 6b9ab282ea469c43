import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostAccount, parseUri, resourceAccount } from '../../src/core/storage-uri.ts';

describe('parseUri', () => {
  it.each([
    ['https://a.blob.core.windows.net:443/c/b?x=1?y', ['https://a.blob.core.windows.net:443', '/c/b', 'x=1?y']],
    ['https://a.blob.core.windows.net/c/b', ['https://a.blob.core.windows.net', '/c/b', null]],
    ['https://a.blob.core.windows.net?comp=list', ['https://a.blob.core.windows.net', '', 'comp=list']],
    ['https://a.blob.core.windows.net/?', ['https://a.blob.core.windows.net', '/', '']],
  ])('cuts %s', (text, [base, path, query]) => {
    expect(parseUri(text)).toEqual({ base, path, query });
  });

  it.each(['', '/c/b', '\\\\a.file.core.windows.net\\share', 'a.blob.core.windows.net/c'])(
    'finds no host in %j',
    (text) => {
      expect(parseUri(text)).toBeNull();
    },
  );

  it('loses no character', () => {
    fc.assert(
      fc.property(fc.string(), (rest) => {
        const text = `https://a${rest}`;
        const uri = parseUri(text)!;
        expect(uri.base + uri.path + (uri.query === null ? '' : `?${uri.query}`)).toBe(text);
      }),
    );
  });
});

it.each([
  ['https://acct.blob.core.windows.net:443', { account: 'acct', service: 'blob' }],
  ['https://acct.dfs.core.windows.net', { account: 'acct', service: 'blob' }],
  ['https://acct.z6.web.core.windows.net', { account: 'acct', service: 'blob' }],
  ['http://acct-secondary.table.core.windows.net', { account: 'acct-secondary', service: 'table' }],
  ['https://acct.file.core.chinacloudapi.cn', { account: 'acct', service: 'file' }],
  ['http://127.0.0.1:10000', null],
  ['https://storage.example', null],
])('reads the host of %s', (base, expected) => {
  expect(hostAccount(base)).toEqual(expected);
});

it.each([
  ['/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acct/blobServices/default', 'blob'],
  ['/SUBSCRIPTIONS/S/PROVIDERS/MICROSOFT.STORAGE/STORAGEACCOUNTS/acct/QUEUESERVICES/DEFAULT', 'queue'],
  ['/subscriptions/s/storageAccounts/acct', ''],
])('reads the account of %s', (id, service) => {
  expect(resourceAccount(id)).toEqual({ account: 'acct', service });
  expect(resourceAccount('/subscriptions/s')).toBeNull();
});
