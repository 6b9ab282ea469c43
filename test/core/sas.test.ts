import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  BlobSASPermissions,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/core/redaction.ts';
import { parseSas, sasParameters, tokenFingerprint } from '../../src/core/sas.ts';

const key = Buffer.from(Array.from({ length: 64 }, (_, i) => i)).toString('base64');
const credential = new StorageSharedKeyCredential('acct', key);
const startsOn = new Date('2026-01-02T03:04:05Z');
const expiresOn = new Date('2051-10-05T00:00:00Z');
const micros = (date: Date): bigint => BigInt(date.getTime()) * 1000n;

describe('parseSas of tokens made by the Azure SDK', () => {
  it('reads an account SAS', () => {
    const token = generateAccountSASQueryParameters(
      {
        startsOn,
        expiresOn,
        permissions: AccountSASPermissions.parse('rwdlacupx'),
        services: AccountSASServices.parse('bf').toString(),
        resourceTypes: AccountSASResourceTypes.parse('sco').toString(),
        protocol: SASProtocol.HttpsAndHttp,
        ipRange: { start: '192.0.2.1', end: '192.0.2.9' },
      },
      credential,
    );
    const set = parseSas(token.toString())!;
    expect(set.kind).toBe('account');
    expect(set.parameters).toMatchObject({ ss: 'bf', srt: 'sco', spr: 'https,http', sip: '192.0.2.1-192.0.2.9' });
    expect([...set.parameters.sp!].sort().join('')).toBe('acdlpruwx');
    expect([set.stTime, set.seTime]).toEqual([micros(startsOn), micros(expiresOn)]);
    expect(JSON.stringify(Object.values(set.parameters))).not.toContain(token.signature.slice(0, 8));
  });

  it('reads a service SAS of a container and of a blob, with and without a stored policy', () => {
    const container = generateBlobSASQueryParameters(
      { containerName: 'models', expiresOn, permissions: ContainerSASPermissions.parse('rl') },
      credential,
    );
    expect(parseSas(container.toString())).toMatchObject({
      kind: 'service',
      parameters: { sr: 'c', sp: 'rl' },
      stTime: null,
    });
    const policy = generateBlobSASQueryParameters({ containerName: 'models', identifier: 'vendors' }, credential);
    expect(parseSas(policy.toString())).toMatchObject({ kind: 'service', parameters: { si: 'vendors' }, seTime: null });
    const blob = generateBlobSASQueryParameters(
      { containerName: 'models', blobName: 'a b', expiresOn, permissions: BlobSASPermissions.parse('r') },
      credential,
    );
    expect(parseSas(blob.toString())).toMatchObject({
      kind: 'service',
      parameters: { sr: 'b' },
      seTime: micros(expiresOn),
    });
  });

  it('reads a user delegation SAS', () => {
    const delegation = {
      signedObjectId: '9d0c7d3c-1111-4a5b-8c6d-0123456789ab',
      signedTenantId: '11111111-2222-4333-8444-555555555555',
      signedStartsOn: startsOn,
      signedExpiresOn: new Date('2026-01-05T00:00:00Z'),
      signedService: 'b',
      signedVersion: '2022-11-02',
      value: key,
    };
    const token = generateBlobSASQueryParameters(
      {
        containerName: 'models',
        startsOn,
        expiresOn,
        permissions: ContainerSASPermissions.parse('r'),
        correlationId: 'c0ffee00-0000-4000-8000-000000000000',
      },
      delegation,
      'acct',
    );
    expect(parseSas(token.toString())).toMatchObject({
      kind: 'user_delegation',
      parameters: { skoid: delegation.signedObjectId, sks: 'b', scid: 'c0ffee00-0000-4000-8000-000000000000' },
      sktTime: micros(startsOn),
      skeTime: micros(delegation.signedExpiresOn),
    });
  });
});

describe('parseSas', () => {
  it.each([
    ['no parameters', ''],
    ['a whole SAS replaced by a word', 'sas'],
    ['a plain list request', 'restype=container&comp=list&include='],
    ['a signature of something else', 'sig=abc'],
    ['a version alone', 'sv=2020-01-01&comp=block'],
  ])('finds none in %s', (_, query) => {
    expect(parseSas(query)).toBeNull();
  });

  it.each([
    ['without its signature', 'sv=2020-02-10&sp=r&sr=c'],
    ['with upper-case names', 'SV=2020-02-10&SP=r&SR=c&SIG=XXXXX'],
    ['with the signature first', 'sig=XXXXX&sr=c&sp=r&sv=2020-02-10'],
    ['among other parameters', 'comp=list&sv=2020-02-10&include=&sp=r&&sr=c&sig=XXXXX'],
    ['with entities left in', 'sv=2020-02-10&amp;sp=r&amp;sr=c&amp;sig=XXXXX'],
    ['with a repeated name', 'sv=2020-02-10&sp=r&sp=rwdl&sr=c'],
    ['with an encoded name', 's%76=2020-02-10&sp=%72&sr=c'],
  ])('reads a SAS %s', (_, query) => {
    const plain = parseSas('sv=2020-02-10&sr=c&sp=r&sig=YYYYY');
    expect(parseSas(query)).toEqual(plain);
  });

  it('takes a queue SAS, which names no resource, and a table SAS, for those of a service', () => {
    expect(parseSas('sv=2020-02-10&sp=raup&se=2026-01-01&sig=X')).toMatchObject({
      kind: 'service',
      parameters: { sp: 'raup' },
    });
    expect(parseSas('sv=2020-02-10&sp=raud&tn=t&spk=a&epk=b&sig=X')).toMatchObject({
      kind: 'service',
      parameters: { tn: 't', spk: 'a', epk: 'b' },
    });
  });

  it('keeps a value that is no valid escape, and never a signature inside a value', () => {
    expect(parseSas('sv=1&sp=r&sr=c&si=100%25%&sig=X')?.parameters.si).toBe('100%25%');
    expect(parseSas('sv=1&sp=r&sr=c&si=a%26sig%3Dsecret&sig=X')?.parameters.si).toBe('a&sig=XXXXX');
  });

  const values = fc.record(
    Object.fromEntries(sasParameters.map((name) => [name, fc.string({ maxLength: 8, unit: 'grapheme-ascii' })])),
    { requiredKeys: ['sp'] },
  );

  it('gives back what was written, in any order, with the same id', () => {
    fc.assert(
      fc.property(values, fc.boolean(), (parameters, reverse) => {
        const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
        const query = [...pairs, 'sig=X'].join('&');
        const set = parseSas(query)!;
        fc.pre(!/=|%|\\|&#/.test(Object.values(parameters).join('')));
        expect(set.parameters).toEqual(parameters);
        expect(parseSas([...(reverse ? pairs.reverse() : pairs), 'sig=Y'].join('&'))?.sasId).toBe(set.sasId);
      }),
    );
  });
});

/** The kept parameters of a query, read the plain way. */
function plainParameters(query: string): Readonly<Record<string, string>> {
  const known: readonly string[] = [...sasParameters].sort();
  const first = new Map<string, string>();
  for (const part of query.split(/&(?:amp;)*/)) {
    const [name = '', ...rest] = part.split('=');
    const key = plainlyDecoded(name).toLowerCase();
    if (name !== '' && rest.length > 0 && !first.has(key)) first.set(key, plainlyDecoded(rest.join('=')));
  }
  return Object.fromEntries(known.flatMap((name) => (first.has(name) ? [[name, redact(first.get(name)!)]] : [])));
}

function plainlyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

describe('parseSas beside its plain twin', () => {
  const names = fc.constantFrom(
    'sp',
    'SV',
    'se',
    's%65',
    'st',
    'si',
    'sig',
    'sr',
    'comp',
    'amp;sp',
    '',
    'x%',
    '\u212A',
  );
  const values = fc.constantFrom(
    '',
    'rl',
    '2051-10-05T00%3A00%3A00Z',
    'a%3Ab%2',
    'a=b',
    'sig%3Dx',
    'code=y',
    '\\u0073ig=z',
    '%C3%A9',
  );
  const pieces = fc
    .tuple(names, fc.constantFrom('=', '=', '=', '', '%3D', '=='), values)
    .map((parts) => parts.join(''));
  const queries = fc
    .array(fc.tuple(fc.constantFrom('&', '&amp;', '&&', '&amp;amp;', 'amp;'), pieces), { maxLength: 8 })
    .map((parts) => parts.flat().join(''));

  it('reads the same parameters', () => {
    fc.assert(
      fc.property(queries, (odd) => {
        const query = `${odd}&sv=1&sp=r&sig=X`;
        expect(parseSas(query)?.parameters).toEqual(plainParameters(query));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('tokenFingerprint', () => {
  it('sorts permissions by their characters, whatever these are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }), (permissions) => {
        const of = (sp: string) => tokenFingerprint('acct', { ...parseSas('sv=1&sp=r&sig=X')!, parameters: { sp } });
        expect(of(permissions)).toBe(of([...permissions].sort().join('')));
      }),
    );
  });

  const of = (account: string, query: string): bigint => tokenFingerprint(account, parseSas(query)!);

  it('is the same however times, permissions and account are spelled', () => {
    const plain = of('acct', 'sv=2020-02-10&sr=c&sp=rwl&st=2026-01-02T00:00:00Z&se=2026-01-03T00:00:00Z&sig=X');
    expect(of('ACCT', 'sig=Y&se=2026-01-03&st=2026-01-02T00%3A00Z&sp=lrw&SR=c&sv=2020-02-10')).toBe(plain);
    expect(
      of('acct', 'sv=2020-02-10&amp;sr=c&amp;sp=rwl&amp;st=2026-01-02T00:00:00.0000000Z&amp;se=2026-01-03T00:00Z'),
    ).toBe(plain);
  });

  it.each([
    ['the account', 'other', 'sv=1&sr=c&sp=r&se=2026-01-03'],
    ['the permissions', 'acct', 'sv=1&sr=c&sp=rl&se=2026-01-03'],
    ['the expiry', 'acct', 'sv=1&sr=c&sp=r&se=2026-01-03T00:00:01Z'],
    ['a parameter more', 'acct', 'sv=1&sr=c&sp=r&se=2026-01-03&spr=https'],
  ])('differs by %s', (_, account, query) => {
    expect(of(account, query)).not.toBe(of('acct', 'sv=1&sr=c&sp=r&se=2026-01-03'));
  });
});
