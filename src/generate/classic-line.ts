/** What the writer of `$logs` lines takes from a resource log record. */
export interface ClassicSource {
  readonly time: string;
  readonly operationName: string;
  readonly operationVersion?: string;
  readonly statusCode: number | string;
  readonly statusText?: string;
  readonly durationMs?: number;
  readonly callerIpAddress?: string;
  readonly correlationId?: string;
  readonly uri?: string;
  readonly identity?: {
    readonly type?: string;
    readonly authorization?: readonly unknown[];
    readonly requester?: Readonly<Record<string, string>>;
  };
  readonly properties: Readonly<Record<string, string | number | undefined>>;
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** How `$logs` name who asked, and what they put before the status of a request. */
function caller(type: string): { readonly auth: string; readonly prefix: string } {
  const kind = type.toLowerCase();
  if (kind === 'trustedaccesssas') return { auth: 'TrustedAccessSas', prefix: 'TrustedAccessSas' };
  if (kind.endsWith('sas')) return { auth: 'sas', prefix: 'SAS' };
  if (kind === 'oauth') return { auth: 'bearer', prefix: 'OAuth' };
  if (kind === 'anonymous') return { auth: 'anonymous', prefix: 'Anonymous' };
  return { auth: 'authenticated', prefix: '' };
}

/** In quotes, with what would end a field as an entity; `;` stays, as storage leaves it. */
function quoted(value: string | number | undefined): string {
  const text = String(value ?? '');
  return text === '' ? '' : `"${text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`;
}

/** `2022/03/11 02:10:44.0000000` as `Friday, 11-Mar-22 02:10:44 GMT`. */
function lastModified(value: string | number | undefined): string {
  const time = new Date(
    `${String(value ?? '')
      .slice(0, 19)
      .replaceAll('/', '-')
      .replace(' ', 'T')}Z`,
  );
  if (Number.isNaN(time.getTime())) return '';
  const two = (n: number) => String(n).padStart(2, '0');
  const date = `${two(time.getUTCDate())}-${months[time.getUTCMonth()]}-${two(time.getUTCFullYear() % 100)}`;
  return `${weekdays[time.getUTCDay()]}, ${date} ${time.toISOString().slice(11, 19)} GMT`;
}

/**
 * A record as classic Storage Analytics would have logged it: a line of version 2.0, 38 fields, without its line end. What
 * `$logs` do not have is lost: the token's hash, the region, the TLS version.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/storage-analytics-log-format
 */
export function classicLine(record: ClassicSource): string {
  const { properties: p, identity = {} } = record;
  const { requester = {}, authorization } = identity;
  const { auth, prefix } = caller(identity.type ?? '');
  const account = String(p['accountName'] ?? '');
  return [
    ...['2.0', record.time, record.operationName, `${prefix}${record.statusText ?? 'Success'}`, record.statusCode],
    ...[record.durationMs ?? 0, p['serverLatencyMs'] ?? 0, auth, auth === 'authenticated' ? account : '', account],
    ...[p['serviceType'] ?? 'blob', quoted(record.uri), quoted(p['objectKey']), record.correlationId ?? '', 0],
    ...[record.callerIpAddress ?? '', record.operationVersion ?? '', p['requestHeaderSize'] ?? 0],
    ...[p['requestBodySize'] ?? 0, p['responseHeaderSize'] ?? 0, p['responseBodySize'] ?? 0],
    ...[p['contentLengthHeader'] ?? 0, quoted(p['requestMd5']), quoted(p['responseMd5']), quoted(p['etag'])],
    ...[lastModified(p['lastModifiedTime']), quoted(p['conditionsUsed']), quoted(p['userAgentHeader'])],
    ...[quoted(p['referrerHeader']), quoted(p['clientRequestId']), requester['objectId'] ?? ''],
    ...[requester['tenantId'] ?? '', requester['appId'] ?? '', requester['audience'] ?? ''],
    ...[requester['tokenIssuer'] ?? '', requester['upn'] ?? '', ''],
    authorization === undefined ? '' : JSON.stringify(authorization),
  ].join(';');
}
