/** A column of a Log Analytics table, by the expression over `storage_log` that supplies it. */
const common: readonly (readonly [name: string, sql: string])[] = [
  ['TimeGenerated', 'time'],
  ['AccountName', 'account'],
  ['Location', 'location'],
  ['Protocol', 'protocol'],
  ['OperationName', 'operation_name'],
  ['AuthenticationType', 'identity_type'],
  ['StatusCode', "coalesce(status_code::VARCHAR, 'Unknown')"],
  ['StatusText', 'status_text'],
  ['DurationMs', 'duration_ms'],
  ['ServerLatencyMs', 'server_latency_ms'],
  ['Uri', 'uri'],
  ['CallerIpAddress', 'caller_address'],
  ['CorrelationId', 'correlation_id::VARCHAR'],
  ['SchemaVersion', 'schema_version'],
  ['OperationVersion', 'operation_version'],
  // The lake keeps the first 128 of the 256 bits of each hash, so 32 digits stand where Azure writes 64.
  [
    'AuthenticationHash',
    `coalesce(token_hash_text, ${wrapped('key_name', 'key_hash')} || coalesce(',' || ${wrapped("'SasSignature'", 'token_hash')}, ''))`,
  ],
  ['RequesterObjectId', 'requester_object_id'],
  ['RequesterTenantId', 'requester_tenant_id'],
  ['RequesterAppId', 'requester_app_id'],
  ['RequesterUpn', 'requester_upn'],
  ['RequesterAudience', extra('identity.requester.audience')],
  ['RequesterTokenIssuer', extra('identity.requester.tokenIssuer')],
  ['AuthorizationDetails', '"authorization"'],
  ['UserAgentHeader', 'user_agent'],
  ['ReferrerHeader', 'referrer'],
  ['ClientRequestId', 'client_request_id'],
  ['Etag', `'"0x' || to_hex(etag) || '"'`],
  ['ServiceType', 'service'],
  ['OperationCount', 'operation_count'],
  ['ObjectKey', 'object_key'],
  ['RequestHeaderSize', 'request_header_bytes'],
  ['RequestBodySize', 'request_body_bytes'],
  ['ResponseHeaderSize', 'response_header_bytes'],
  ['ResponseBodySize', 'response_body_bytes'],
  ['RequestMd5', md5('request_md5')],
  ['ResponseMd5', md5('response_md5')],
  ['LastModifiedTime', 'last_modified'],
  ['ConditionsUsed', 'conditions_used'],
  ['ContentLengthHeader', 'content_length'],
  ['Category', 'category'],
  ['TlsVersion', 'tls_version'],
  ['SasExpiryStatus', 'sas_expiry_status'],
  ['MetricResponseType', 'metric_response_type'],
  ['SourceSystem', "'Azure'"],
  ['_ResourceId', 'resource_id'],
];

const tiers: typeof common = [
  ['AccessTier', 'access_tier'],
  ['SourceUri', extra('properties.sourceUri')],
  ['DestinationUri', extra('properties.destinationUri')],
  ['SourceAccessTier', extra('properties.sourceAccessTier')],
  ['RehydratePriority', extra('properties.rehydratePriority')],
];

const smb: typeof common = [
  'smbTreeConnectID',
  'smbPersistentHandleID',
  'smbVolatileHandleID',
  'smbMessageID',
  'smbCreditsConsumed',
  'smbCommandDetail',
  'smbCommandMajor',
  'smbCommandMinor',
  'smbFileId',
  'smbSessionID',
].map((name) => [`Smb${name.slice(3)}`.replace('FileId', 'FileID'), extra(`properties.${name}`)] as const);

function wrapped(name: string, hash: string): string {
  return `${name} || '(' || upper(replace(${hash}::VARCHAR, '-', '')) || ')'`;
}

function md5(column: string): string {
  return `to_base64(unhex(replace(${column}::VARCHAR, '-', '')))`;
}

function extra(path: string): string {
  return `json_extract_string(extra, '$."${path}"')`;
}

function table(name: string, service: string, more: typeof common): string {
  const list = [...common, ...more, ['Type', `'${name}'`] as const];
  return `SELECT ${list.map(([column, sql]) => `${sql} AS "${column}"`).join(', ')} FROM storage_log WHERE service = '${service}'`;
}

/**
 * The log under the column names of Azure Monitor's tables, so that queries written for them port by renaming.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/reference/tables/storagebloblogs
 */
export const logAnalyticsViews = {
  StorageBlobLogs: table('StorageBlobLogs', 'blob', tiers),
  StorageFileLogs: table('StorageFileLogs', 'file', smb),
  StorageQueueLogs: table('StorageQueueLogs', 'queue', []),
  StorageTableLogs: table('StorageTableLogs', 'table', []),
} as const;
