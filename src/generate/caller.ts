import { createHash } from 'node:crypto';
import type { Account } from './estate.ts';
import { tenantId } from './estate.ts';
import type { SasToken } from './sas-token.ts';
import { keyHash } from './sas-token.ts';

/** Who makes a request, as far as the log shows it: the identity object, the tool, the protocol version. */
export interface Caller {
  /** The record's `identity` object, JSON. */
  readonly identity: string;
  /** Set for SAS callers; its query goes into the uri. */
  readonly token: SasToken | undefined;
  readonly userAgent: string;
  readonly apiVersion: string;
  /** Whether the tool sends x-ms-client-request-id. */
  readonly sendsRequestId: boolean;
}

interface Tool {
  readonly userAgent: string;
  readonly apiVersion: string;
  readonly sendsRequestId: boolean;
}

function tool(userAgent: string, apiVersion: string, sendsRequestId: boolean): Tool {
  return { userAgent, apiVersion, sendsRequestId };
}

/** The clients seen in the scenarios. Plain HTTP clients send no request id. */
export const tools = {
  wget: tool('Wget/1.20.3 (linux-gnu)', '2019-12-12', false),
  curl: tool('curl/7.68.0', '2019-12-12', false),
  requests: tool('python-requests/2.25.1', '2019-12-12', false),
  browser: tool(
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/103.0.0.0 Safari/537.36',
    '2019-12-12',
    false,
  ),
  slackbot: tool('Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)', '2019-12-12', false),
  azcopy: tool('AzCopy/10.13.0 Azure-Storage/0.14 (go1.16; Windows_NT)', '2020-04-08', true),
  pythonSdk: tool('azsdk-python-storage-blob/12.8.1 Python/3.8.10 (Linux-5.4.0-1059-azure-x86_64)', '2020-10-02', true),
  dotnetSdk: tool(
    'azsdk-net-Storage.Blobs/12.10.0 (.NET Core 3.1.21; Microsoft Windows 10.0.17763)',
    '2020-10-02',
    true,
  ),
  backup: tool('Veeam-Backup/11.0.1 Azure-Storage/9.3.2 (.NET CLR 4.0.30319.42000; Win32NT)', '2020-06-12', true),
  lifecycle: tool('xAzure/1.0 AzureStorage/1.0 ObjectLifeCycleScanner/0.50', '2019-02-02', false),
  storageExplorer: tool(
    'Microsoft Azure Storage Explorer, 1.32.1, win32, azcopy-node, 2.0.0, win32, AzCopy/10.21.2 Azsdk-Go-azblob/v1.2.0',
    '2022-11-02',
    true,
  ),
  portal: tool(
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/118.0.0.0 Safari/537.36 Edg/118.0.0.0',
    '2022-11-02',
    true,
  ),
  storageService: tool('services_xstore_transport_HTTP_CLIENT_PLUGIN/2.0', '2022-11-02', false),
  androidSdk: tool('azsdk-android-storage-blob/1.0.0 (Android 13; Pixel 6)', '2021-12-02', true),
  device: tool('meter-uploader/3.2 (ESP32)', '2021-08-06', false),
  ffmpeg: tool('Lavf/60.3.100', '2021-12-02', false),
  scanner: tool('azsdk-net-Storage.Blobs/12.16.0 Purview-Scanner/2.1 (.NET 6.0.21; Linux)', '2022-11-02', true),
  logShipper: tool('azsdk-go-azblob/v1.2.0 log-shipper/7.4 (linux)', '2021-12-02', true),
  linkPreview: tool('facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)', '2021-12-02', false),
  rclone: tool('rclone/v1.64.0', '2021-12-02', true),
  pythonScript: tool('python-urllib3/1.26.5', '2019-12-12', false),
} as const;

/** A caller with a SAS. */
export function sasCaller(token: SasToken, { userAgent, apiVersion, sendsRequestId }: Tool): Caller {
  const type = token.kind === 'sas_user_delegation' ? 'DelegationSas' : 'SAS';
  const identity = `{"type":"${type}","tokenHash":"${token.logHash}"}`;
  return { identity, token, userAgent, apiVersion, sendsRequestId };
}

/** A caller that signs each request with an account key. */
export function keyCaller(key: Account['key1'], with_: Tool): Caller {
  return { identity: `{"type":"AccountKey","tokenHash":"${key.name}(${keyHash(key)})"}`, token: undefined, ...with_ };
}

/** The storage service's own lifecycle scanner, with its internal token. */
export function trustedCaller(): Caller {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex').toUpperCase();
  const logHash = `system-1(${hash('storage resource provider')}),SasSignature(${hash('lifecycle')})`;
  return { identity: `{"type":"TrustedAccessSas","tokenHash":"${logHash}"}`, token: undefined, ...tools.lifecycle };
}

/** A caller without credentials, on a public container. */
export function anonymousCaller(with_: Tool): Caller {
  return { identity: '{"type":"Anonymous"}', token: undefined, ...with_ };
}

/** A principal of the directory with the Storage Blob Data Contributor role. */
export function oauthCaller(principalId: string, upn: string, action: 'read' | 'write', with_: Tool): Caller {
  const identity = JSON.stringify({
    type: 'OAuth',
    tokenHash: createHash('sha256').update(principalId).digest('hex').toUpperCase(),
    authorization: [
      {
        action: `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/${action}`,
        denyAssignmentId: '',
        principals: [{ id: principalId, type: upn === '' ? 'ServicePrincipal' : 'User' }],
        reason: 'Policy',
        result: 'Granted',
        roleAssignmentId: 'b7a1c4de-0000-4000-8000-000000000001',
        roleDefinitionId: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
        type: 'RBAC',
      },
    ],
    requester: {
      appId: 'e0000000-0000-4000-8000-0000000000a1',
      audience: 'https://storage.azure.com/',
      objectId: principalId,
      tenantId,
      tokenIssuer: `https://sts.windows.net/${tenantId}/`,
      ...(upn === '' ? {} : { upn }),
    },
  });
  return { identity, token: undefined, ...with_ };
}
