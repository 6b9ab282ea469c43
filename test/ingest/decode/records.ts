/** A successful GetBlob with an account SAS, every column's field but the rare ones in it. */
export const plainRecord = {
  time: '2022-03-11T02:10:44.1234567Z',
  resourceId:
    '/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/acct/blobServices/default',
  category: 'StorageRead',
  operationName: 'GetBlob',
  operationVersion: '2020-04-08',
  schemaVersion: '1.0',
  statusCode: 200,
  statusText: 'Success',
  durationMs: 12,
  callerIpAddress: '203.0.113.9:51234',
  correlationId: '6f1f5b8e-001e-0042-7d2a-35f0a8000000',
  identity: {
    type: 'SAS',
    tokenHash:
      'key1(FDEAB9ACF3710362BD2658CDC9A29E8F9C757FCF9811603A8C447CD1D9151108),SasSignature(4FA34A6085B7231B810346E7EDC21B9BAC6EAF60C023143B945687F775A27E37)',
  },
  location: 'West Europe',
  properties: {
    accountName: 'acct',
    userAgentHeader: 'AzCopy/10.13.0',
    clientRequestId: '0d2f0b0a-1c5e-4f4e-9a4d-6a7b8c9d0e1f',
    etag: '"0x8DA1B2C3D4E5F60"',
    serverLatencyMs: 7,
    serviceType: 'blob',
    operationCount: 0,
    requestHeaderSize: 480,
    responseHeaderSize: 290,
    responseBodySize: 4096,
    lastModifiedTime: '2022/03/10 16:59:35.0118188',
    tlsVersion: 'TLS 1.2',
    objectKey: '/acct/models/a.ckpt',
    metricResponseType: 'Success',
    accessTier: 'Hot',
  },
  uri: 'https://acct.blob.core.windows.net:443/models/a.ckpt?sv=2020-02-10&ss=b&srt=sco&sp=rwdl&se=2051-10-05T00%3A00%3A00Z&sig=XXXXX',
  protocol: 'HTTPS',
  resourceType: 'Microsoft.Storage/storageAccounts/blobServices',
} as const;

type Json = Readonly<Record<string, unknown>>;

/** `plainRecord` with other values; a value of undefined leaves the field out. */
export function recordWith(changes: Json, properties: Json = {}): string {
  return JSON.stringify({ ...plainRecord, ...changes, properties: { ...plainRecord.properties, ...properties } });
}
