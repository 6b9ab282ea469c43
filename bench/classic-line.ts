import { z } from 'zod';

const text = z.string().default('');
const number = z.union([z.number(), z.string()]).default('');

/** What a `$logs` line takes from a resource log record. */
const recordSchema = z.object({
  time: text,
  operationName: text,
  operationVersion: text,
  statusCode: number,
  statusText: text,
  durationMs: number,
  callerIpAddress: text,
  correlationId: text,
  uri: text,
  identity: z.object({ type: text, requester: z.record(z.string(), z.string()).default({}) }).prefault({}),
  properties: z
    .object({
      ...{ accountName: text, serviceType: text, objectKey: text, requestMd5: text, responseMd5: text, etag: text },
      ...{ conditionsUsed: text, userAgentHeader: text, referrerHeader: text, clientRequestId: text },
      ...{ serverLatencyMs: number, operationCount: number, requestHeaderSize: number, requestBodySize: number },
      ...{ responseHeaderSize: number, responseBodySize: number, contentLengthHeader: number },
    })
    .prefault({}),
});

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** `Tuesday, 19-Jun-14 22:58:10 GMT`: as `$logs` write when the object was last modified. */
function mailDate(time: string): string {
  const date = new Date(time);
  const [, day, month, year, clock] = /^\w+, (\d+) (\w+) \d\d(\d\d) ([\d:]+) GMT$/.exec(date.toUTCString()) ?? [];
  return `${days[date.getUTCDay()]}, ${day}-${month}-${year} ${clock} GMT`;
}

function quoted(value: string): string {
  return value === '' ? '' : `"${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;
}

function authType(type: string): string {
  return type.startsWith('SAS') ? 'sas' : type === 'OAuth' ? 'bearer' : type === '' ? 'anonymous' : 'authenticated';
}

/**
 * The line that classic storage analytics logs of version 1.0 or 2.0 would hold for a resource log record.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/storage-analytics-log-format
 */
export function classicLine(record: string, version: '1.0' | '2.0'): string {
  const log = recordSchema.parse(JSON.parse(record));
  const { properties: p, identity } = log;
  const fields = [
    ...[version, log.time, log.operationName, log.statusText, log.statusCode, log.durationMs, p.serverLatencyMs],
    ...[authType(identity.type), '', p.accountName, p.serviceType, quoted(log.uri), quoted(p.objectKey)],
    ...[log.correlationId, p.operationCount, log.callerIpAddress, log.operationVersion, p.requestHeaderSize],
    ...[p.requestBodySize, p.responseHeaderSize, p.responseBodySize, p.contentLengthHeader, quoted(p.requestMd5)],
    ...[quoted(p.responseMd5), quoted(p.etag), mailDate(log.time), quoted(p.conditionsUsed)],
    ...[quoted(p.userAgentHeader), quoted(p.referrerHeader), quoted(p.clientRequestId)],
  ];
  if (version === '1.0') return fields.join(';');
  const { objectId = '', tenantId = '', appId = '', audience = '', tokenIssuer = '', upn = '' } = identity.requester;
  const detail =
    '[{"action":"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read","result":"Granted"}]';
  const caller = [objectId, tenantId, appId, quoted(audience), quoted(tokenIssuer), upn, '', objectId && detail];
  return [...fields, ...caller].join(';');
}
