import { BlobServiceClient, ContainerSASPermissions, generateBlobSASQueryParameters } from '@azure/storage-blob';
import { account } from './azurite.ts';
import { readArchive } from './read-archive.ts';

/**
 * `user-delegation.ts URL TEXT`: fills a container of an Azurite that takes unsigned tokens, reads it with a user delegation SAS
 * and prints what it read. A program of its own, since Node reads further certificates only at its start.
 */
const [url = '', content = ''] = process.argv.slice(2);
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = Math.floor(Date.now() / 1_000);
const tenant = '11111111-2222-4333-8444-555555555555';
const claims = {
  ...{ aud: 'https://storage.azure.com', iss: `https://sts.windows.net/${tenant}/`, tid: tenant },
  ...{ iat: now - 60, nbf: now - 60, exp: now + 3_600, oid: '00000000-0000-4000-8000-000000000001' },
};
const token = `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.none`;
const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
const service = new BlobServiceClient(`${url}/${account}`, credential);
const container = service.getContainerClient('delegated');
await container.create();
await container.getBlockBlobClient('PT1H.json').upload(content, Buffer.byteLength(content));
const [startsOn, expiresOn] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
const permissions = ContainerSASPermissions.parse('rl');
const grant = { containerName: 'delegated', permissions, startsOn, expiresOn, version: '2025-05-05' };
const delegation = await service.getUserDelegationKey(startsOn, expiresOn);
const sas = generateBlobSASQueryParameters(grant, delegation, account).toString();
if (!sas.includes('skoid=')) throw new Error('no user delegation SAS');
const { lines } = await readArchive('delegated', { endpoint: `${url}/{account}`, sas });
process.stdout.write(lines.join('\n'));
