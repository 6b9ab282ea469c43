import { operationCategory } from '../../core/operation.ts';
import { fields } from './field.ts';
import type { StorageRow } from './storage-row.ts';

const entity = /&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z][A-Za-z0-9]{0,31}));/y;
const named: ReadonlyMap<string, string> = new Map(
  Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }),
);

function character(decimal: string | undefined, hex: string | undefined): string {
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

/** Decodes HTML entities once: numeric ones, `&amp; &lt; &gt; &quot; &apos; &nbsp;`; others stay as written. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z]+));/g,
    (raw, decimal: string | undefined, hex: string | undefined, name: string | undefined) =>
      name === undefined ? character(decimal, hex) : (named.get(name) ?? raw),
  );
}

/** Reads one field from `at`: up to the next `;` that is neither inside quotes nor the end of an entity. */
function fieldEnd(line: string, at: number): number {
  let quoted = false;
  for (let p = at; p < line.length; p++) {
    const code = line.charCodeAt(p);
    if (code === 0x22) quoted = !quoted;
    else if (code === 0x26) {
      entity.lastIndex = p;
      if (entity.test(line)) p = entity.lastIndex - 1;
    } else if (code === 0x3b && !quoted) return p;
  }
  return line.length;
}

/**
 * The fields of a `$logs` line, quotes removed and entities decoded. `;` separates only outside quotes and not as the end
 * of an entity. The last field is the rest of the line: version 2.0 writes JSON there, with quotes of its own.
 *
 * @param count fields of the line's version; fewer are returned if the line has fewer.
 */
export function splitClassicLine(line: string, count: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at <= line.length; ) {
    const end = parts.length === count - 1 ? line.length : fieldEnd(line, at);
    const raw = line.slice(at, end);
    const unquoted = raw.length > 1 && raw.startsWith('"') && raw.endsWith('"') ? raw.slice(1, -1) : raw;
    parts.push(decodeEntities(unquoted));
    at = end + 1;
  }
  return parts;
}

/** Azure path of each field of version 1.0, then of the eight that 2.0 adds. */
export const classicPaths = [
  'schemaVersion',
  'time',
  'operationName',
  'statusText',
  'statusCode',
  'durationMs',
  'properties.serverLatencyMs',
  'identity.type',
  'requesterAccount',
  'properties.accountName',
  'properties.serviceType',
  'uri',
  'properties.objectKey',
  'correlationId',
  'properties.operationCount',
  'callerIpAddress',
  'operationVersion',
  'properties.requestHeaderSize',
  'properties.requestBodySize',
  'properties.responseHeaderSize',
  'properties.responseBodySize',
  'properties.contentLengthHeader',
  'properties.requestMd5',
  'properties.responseMd5',
  'properties.etag',
  'properties.lastModifiedTime',
  'properties.conditionsUsed',
  'properties.userAgentHeader',
  'properties.referrerHeader',
  'properties.clientRequestId',
  'identity.requester.objectId',
  'identity.requester.tenantId',
  'identity.requester.appId',
  'identity.requester.audience',
  'identity.requester.tokenIssuer',
  'identity.requester.upn',
  'reserved',
  'identity.authorization',
] as const;

const fieldCounts: ReadonlyMap<string, number> = new Map([
  ['1.0', 30],
  ['2.0', 38],
]);

function parsedAuthorization(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Fills `row` from one line of classic storage analytics logs, version 1.0 or 2.0, under the names of resource logs.
 *
 * `$logs` have no token hash, region or TLS version; the category follows from the operation, the protocol from the URL.
 *
 * @param line without its line end.
 * @returns why the line cannot be read, null if it can.
 * @see https://learn.microsoft.com/rest/api/storageservices/storage-analytics-log-format
 */
export function readClassicLine(row: StorageRow, line: string): string | null {
  const version = line.slice(0, 3);
  const count = line[3] === ';' ? fieldCounts.get(version) : undefined;
  if (count === undefined) return 'not a $logs line of version 1.0 or 2.0';
  const values = splitClassicLine(line, count);
  if (values.length < count) return `version ${version} has ${count} fields, this line ${values.length}`;
  const put = (path: string, value: unknown): void => {
    const field = fields.get(path);
    if (field !== undefined) row.set(field, value);
    else if (value !== '') row.setExtra(path, value);
  };
  classicPaths.slice(0, count).forEach((path, index) => {
    const value = values[index] ?? '';
    put(path, path === 'identity.authorization' && value !== '' ? parsedAuthorization(value) : value);
  });
  put('category', operationCategory(values[2] ?? ''));
  const scheme = /^(https?):/i.exec(values[11] ?? '')?.[1];
  if (scheme !== undefined) put('protocol', scheme.toUpperCase());
  return null;
}
