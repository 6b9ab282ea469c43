/** How a column lies in memory (Arrow layout) before it becomes Parquet. */
export type ColumnType =
  | 'dictionary'
  | 'utf8'
  | 'timestamp'
  | 'uint8'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float64'
  | 'uuid';

/** How a decoder turns the Azure field into the column's value. `derived` columns follow from other fields. */
export type Conversion =
  | 'text'
  | 'time'
  | 'integer'
  | 'number'
  | 'status'
  | 'caller'
  | 'uuid'
  | 'token_hash'
  | 'json'
  | 'object_key'
  | 'uri'
  | 'etag'
  | 'md5'
  | 'last_modified'
  | 'derived';

/** The least generous column policy that still keeps a column when the lake is compacted. */
export type ColumnPolicy = 'minimal' | 'lean' | 'full';

export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  /** Path of the field in an Azure Monitor resource log record; several columns may come from one field. */
  readonly azure: string;
  readonly conversion: Conversion;
  /** True where a missing field means zero or empty, as in real records; such a column is never null. */
  readonly required: boolean;
  readonly policy: ColumnPolicy;
  readonly unit?: string;
  readonly doc: string;
}

type Options = Partial<Pick<ColumnSpec, 'required' | 'policy' | 'unit'>>;

function column<const Name extends string>(
  name: Name,
  type: ColumnType,
  azure: string,
  conversion: Conversion,
  doc: string,
  { required = false, policy = 'minimal', unit }: Options = {},
): ColumnSpec & { readonly name: Name } {
  return { name, type, azure, conversion, required, policy, doc, ...(unit === undefined ? {} : { unit }) };
}

const required = { required: true } as const;
const bytes = { required: true, unit: 'B' } as const;
const lean = { policy: 'lean' } as const;
const full = { policy: 'full' } as const;

/**
 * The one table of columns: every stored column of a storage access log row, in file order.
 *
 * Arrow types, DuckDB types, the decoders' key table, the views and docs/columns.md are made from it. Names are public
 * API. A value that does not fit its column's form goes to `extra` under its Azure path, so nothing is dropped silently.
 */
export const columns = [
  column('time', 'timestamp', 'time', 'time', 'When storage received the request, UTC.', { ...required, unit: 'us' }),
  column('time_tick', 'uint8', 'time', 'time', 'Seventh decimal of `time`, 0 to 9.', { ...required, unit: '100 ns' }),
  column('category', 'dictionary', 'category', 'text', 'StorageRead, StorageWrite or StorageDelete.', required),
  column('operation_name', 'dictionary', 'operationName', 'text', 'GetBlob, PutBlob, DeleteBlob …', required),
  column(
    'operation_class',
    'dictionary',
    'operationName',
    'derived',
    'read list meta write copy delete acl tier policy lease other.',
    required,
  ),
  column('operation_version', 'dictionary', 'operationVersion', 'text', 'x-ms-version of the request.', lean),
  column('status_code', 'int32', 'statusCode', 'status', 'HTTP status, or NTSTATUS for SMB; null for "Unknown".'),
  column('status_text', 'dictionary', 'statusText', 'text', 'Success, AuthenticationFailed, BlobNotFound …'),
  column('duration_ms', 'float64', 'durationMs', 'number', 'Whole request.', { ...lean, unit: 'ms' }),
  column('server_latency_ms', 'float64', 'properties.serverLatencyMs', 'number', 'Without the network.', {
    ...full,
    unit: 'ms',
  }),
  column(
    'caller_ip',
    'dictionary',
    'callerIpAddress',
    'caller',
    'Address as written without its port, where it is not IPv4.',
  ),
  column('caller_ipv4', 'uint32', 'callerIpAddress', 'caller', 'IPv4 address as a number.'),
  column('caller_port', 'uint16', 'callerIpAddress', 'caller', 'Source port, if the record has one.', full),
  column('ip_class', 'dictionary', 'callerIpAddress', 'caller', 'public, private, azure, redacted or other.'),
  column(
    'correlation_id',
    'uuid',
    'correlationId',
    'uuid',
    'x-ms-request-id; one request may give several rows.',
    lean,
  ),
  column(
    'client_request_id',
    'utf8',
    'properties.clientRequestId',
    'uuid',
    'As written, where it is not a lower-case UUID.',
    full,
  ),
  column(
    'client_request_uuid',
    'uuid',
    'properties.clientRequestId',
    'uuid',
    'The same, packed, where it is one.',
    full,
  ),
  column(
    'auth_type',
    'dictionary',
    'identity.type',
    'derived',
    'sas_account sas_service sas_user_delegation trusted account_key oauth anonymous kerberos ntlm vnet local_user unknown.',
    required,
  ),
  column('identity_type', 'dictionary', 'identity.type', 'text', 'identity.type as written.', lean),
  column('key_name', 'dictionary', 'identity.tokenHash', 'token_hash', 'Signing key: key1, key2, system-1 …'),
  column('key_hash', 'uuid', 'identity.tokenHash', 'token_hash', 'First 128 bits of the signing key hash.'),
  column(
    'token',
    'uint64',
    'identity.tokenHash',
    'token_hash',
    'First 64 bits of the SAS signature hash: names a token.',
  ),
  column('token_hash', 'uuid', 'identity.tokenHash', 'token_hash', 'First 128 bits of the SAS signature hash.'),
  column(
    'token_hash_text',
    'dictionary',
    'identity.tokenHash',
    'token_hash',
    'identity.tokenHash as written, where it has another form.',
    lean,
  ),
  column(
    'token_fingerprint',
    'uint64',
    'uri',
    'derived',
    'Hash of account and SAS parameters without signature; the same in every log format.',
  ),
  column('sas_id', 'uint64', 'uri', 'derived', 'Row of the `sas` dimension: the SAS parameters as written.'),
  column(
    'requester_object_id',
    'dictionary',
    'identity.requester.objectId',
    'text',
    'Entra object of an OAuth caller.',
  ),
  column(
    'requester_tenant_id',
    'dictionary',
    'identity.requester.tenantId',
    'text',
    'Entra tenant of an OAuth caller.',
    lean,
  ),
  column('requester_app_id', 'dictionary', 'identity.requester.appId', 'text', 'Entra application of an OAuth caller.'),
  column(
    'requester_upn',
    'dictionary',
    'identity.requester.upn',
    'text',
    'User principal name of an OAuth caller.',
    lean,
  ),
  column('authorization', 'dictionary', 'identity.authorization', 'json', 'Authorization decisions as JSON.', full),
  column('account', 'dictionary', 'properties.accountName', 'text', 'Storage account.', required),
  column('service', 'dictionary', 'properties.serviceType', 'text', 'blob, file, queue or table.', required),
  column('container', 'dictionary', 'properties.objectKey', 'derived', 'Container, share, queue or table.'),
  column('object_key', 'utf8', 'properties.objectKey', 'object_key', '/account/container/name, decoded, as written.'),
  column('uri', 'utf8', 'uri', 'uri', 'Whole, signature redacted, only where it does not follow from its parts.'),
  column('uri_base', 'dictionary', 'uri', 'uri', 'Scheme, host and port as written.'),
  column(
    'uri_query',
    'dictionary',
    'uri',
    'uri',
    'Query as written, signature redacted; null where `uri` is set or there is none.',
  ),
  column('user_agent', 'dictionary', 'properties.userAgentHeader', 'text', 'User-Agent.'),
  column('referrer', 'dictionary', 'properties.referrerHeader', 'text', 'Referer.', lean),
  column('request_header_bytes', 'int64', 'properties.requestHeaderSize', 'integer', 'Request header.', {
    ...bytes,
    ...full,
  }),
  column('request_body_bytes', 'int64', 'properties.requestBodySize', 'integer', 'Request body: bytes in.', bytes),
  column('response_header_bytes', 'int64', 'properties.responseHeaderSize', 'integer', 'Response header.', {
    ...bytes,
    ...full,
  }),
  column('response_body_bytes', 'int64', 'properties.responseBodySize', 'integer', 'Response body: bytes out.', bytes),
  column('content_length', 'int64', 'properties.contentLengthHeader', 'integer', 'Content-Length header.', {
    ...bytes,
    ...lean,
  }),
  column('etag', 'uint64', 'properties.etag', 'etag', 'Entity tag, its hexadecimal digits as a number.', lean),
  column('request_md5', 'uuid', 'properties.requestMd5', 'md5', 'Content-MD5 of the request, 16 bytes.', lean),
  column('response_md5', 'uuid', 'properties.responseMd5', 'md5', 'MD5 storage computed, 16 bytes.', lean),
  column('last_modified', 'timestamp', 'properties.lastModifiedTime', 'last_modified', 'Last-Modified of the object.', {
    ...lean,
    unit: 'us',
  }),
  column(
    'last_modified_tick',
    'uint8',
    'properties.lastModifiedTime',
    'last_modified',
    'Seventh decimal of `last_modified`.',
    { ...full, unit: '100 ns' },
  ),
  column('conditions_used', 'utf8', 'properties.conditionsUsed', 'text', 'If-Match and the like, as written.'),
  column('download_range', 'utf8', 'properties.downloadRange', 'text', 'bytes=0-98', full),
  column('access_tier', 'dictionary', 'properties.accessTier', 'text', 'Hot, Cool, Archive …', lean),
  column('tls_version', 'dictionary', 'properties.tlsVersion', 'text', 'TLS 1.2 …'),
  column('location', 'dictionary', 'location', 'text', 'Azure region.'),
  column('protocol', 'dictionary', 'protocol', 'text', 'HTTP, HTTPS, SMB or NFS.'),
  column(
    'metric_response_type',
    'dictionary',
    'properties.metricResponseType',
    'text',
    'Success, ClientOtherError, AuthorizationError …',
    lean,
  ),
  column(
    'sas_expiry_status',
    'dictionary',
    'properties.sasExpiryStatus',
    'text',
    'Starts with "Policy violated" when a SAS breaks the account\'s expiry policy.',
  ),
  column(
    'operation_count',
    'int32',
    'properties.operationCount',
    'integer',
    'Index of this row among the rows of one request; volume counts only 0.',
    required,
  ),
  column('resource_id', 'dictionary', 'resourceId', 'text', 'Resource as written.', lean),
  column(
    'resource_type',
    'dictionary',
    'resourceType',
    'text',
    'Microsoft.Storage/storageAccounts/blobServices …',
    full,
  ),
  column('schema_version', 'dictionary', 'schemaVersion', 'text', 'Schema of the record.', full),
  column(
    'copy_source_account',
    'dictionary',
    'properties.objectKey',
    'derived',
    'Account named by the source URL of a copy.',
  ),
  column(
    'copy_source_fingerprint',
    'uint64',
    'properties.objectKey',
    'derived',
    'Fingerprint of the SAS in the source URL of a copy.',
  ),
  column(
    'extra',
    'utf8',
    '*',
    'derived',
    'JSON object of everything that has no column or not its form, by Azure path.',
  ),
  column('source_id', 'uint64', '*', 'derived', 'Row of the `source` table: where this row was read from.', required),
] as const satisfies readonly ColumnSpec[];

export type ColumnName = (typeof columns)[number]['name'];

/** Place of each column in `columns`. */
export const columnIndex: Readonly<Record<ColumnName, number>> = Object.fromEntries(
  columns.map(({ name }, index) => [name, index]),
) as Record<ColumnName, number>;
