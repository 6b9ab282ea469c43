import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { workspaceAccount } from '../../src/generate/estate.ts';
import { keyHash, mintSas, type SasParameters, signatureHash } from '../../src/generate/sas-token.ts';

const { name: account, key1: key } = workspaceAccount;
const credential = new StorageSharedKeyCredential(account, key.base64);
const startsOn = new Date('2026-01-01T00:00:00Z');
const expiresOn = new Date('2026-01-02T00:00:00Z');

/** Signs again what the SDK signed, from the SDK's own parameters. */
function resigned(sdkQuery: string, resource: string, signer = key): { ours: string; theirs: string } {
  const { sig = '', ...parameters } = Object.fromEntries(new URLSearchParams(sdkQuery));
  const token = mintSas({
    name: 'sdk',
    benign: true,
    account,
    key: signer,
    resource,
    parameters: parameters as SasParameters,
  });
  return { ours: token.signature, theirs: sig };
}

describe('signing', () => {
  it.each(['2019-12-12', '2020-10-02', '2021-12-02'])(
    'agrees with the Azure SDK on a service SAS of version %s',
    (version) => {
      const permissions = ContainerSASPermissions.parse('rl');
      const values = {
        containerName: 'models',
        permissions,
        startsOn,
        expiresOn,
        protocol: SASProtocol.Https,
        version,
      };
      const { ours, theirs } = resigned(generateBlobSASQueryParameters(values, credential).toString(), 'models');
      expect(ours).toBe(theirs);
    },
  );

  it('agrees with the Azure SDK on a SAS under a stored access policy', () => {
    const values = { containerName: 'models', identifier: 'partner', version: '2019-12-12' };
    const { ours, theirs } = resigned(generateBlobSASQueryParameters(values, credential).toString(), 'models');
    expect(ours).toBe(theirs);
  });

  it.each(['2019-12-12', '2021-12-02'])('agrees with the Azure SDK on an account SAS of version %s', (version) => {
    const sas = generateAccountSASQueryParameters(
      {
        services: AccountSASServices.parse('b').toString(),
        resourceTypes: AccountSASResourceTypes.parse('sco').toString(),
        permissions: AccountSASPermissions.parse('rwdlacup'),
        expiresOn,
        version,
      },
      credential,
    );
    const { ours, theirs } = resigned(sas.toString(), '');
    expect(ours).toBe(theirs);
  });

  it.each(['2020-06-12', '2021-12-02'])(
    'agrees with the Azure SDK on a user delegation SAS of version %s',
    (version) => {
      const signed = {
        signedStartsOn: startsOn,
        signedExpiresOn: expiresOn,
        signedService: 'b',
        signedVersion: version,
      };
      const ids = {
        signedObjectId: '9d0c7d3c-1111-4a5b-8c6d-0123456789ab',
        signedTenantId: '11111111-2222-4333-8444-555555555555',
      };
      const permissions = ContainerSASPermissions.parse('rl');
      const values = { containerName: 'models', permissions, startsOn, expiresOn, version };
      const sas = generateBlobSASQueryParameters(values, { ...ids, ...signed, value: key.base64 }, account);
      const { ours, theirs } = resigned(sas.toString(), 'models');
      expect(ours).toBe(theirs);
    },
  );
});

describe('identity of a token', () => {
  it('hashes the decoded bytes of the key', () => {
    expect(keyHash(key)).toBe('FDEAB9ACF3710362BD2658CDC9A29E8F9C757FCF9811603A8C447CD1D9151108');
  });

  it('hashes the text of the signature, percent-decoded', () => {
    const signature = decodeURIComponent('awHDRNvlgnvsPnEfneux4M9L%2BYR4RhsUDIE%2FuHP4hZE%3D');
    expect(signatureHash(signature)).toBe('4FA34A6085B7231B810346E7EDC21B9BAC6EAF60C023143B945687F775A27E37');
  });

  it('writes the log form and keeps the signature out of the redacted query', () => {
    const parameters = { sv: '2019-12-12', si: 'partner', sr: 'c' };
    const token = mintSas({ name: 'partner', benign: true, account, key, resource: 'models', parameters });
    expect(token.signature).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(token.logHash).toBe(`key1(${keyHash(key)}),SasSignature(${signatureHash(token.signature)})`);
    expect(token.redactedQuery).toBe('sv=2019-12-12&si=partner&sr=c&sig=XXXXX');
    expect(new URLSearchParams(token.rawQuery).get('sig')).toBe(token.signature);
    expect(token.url).toBe(`https://robustnessws.blob.core.windows.net/models?${token.rawQuery}`);
  });
});
