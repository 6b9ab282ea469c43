const identity = `STRUCT(
  "type" VARCHAR, tokenHash VARCHAR,
  requester STRUCT(objectId VARCHAR, tenantId VARCHAR, appId VARCHAR, upn VARCHAR), "authorization" JSON)`;

const properties = `STRUCT(
  accountName VARCHAR, userAgentHeader VARCHAR, referrerHeader VARCHAR, clientRequestId VARCHAR, etag VARCHAR,
  serverLatencyMs DOUBLE, serviceType VARCHAR, operationCount INTEGER, requestHeaderSize BIGINT,
  requestBodySize BIGINT, responseHeaderSize BIGINT, responseBodySize BIGINT, contentLengthHeader BIGINT,
  requestMd5 VARCHAR, responseMd5 VARCHAR, lastModifiedTime VARCHAR, conditionsUsed VARCHAR, downloadRange VARCHAR,
  accessTier VARCHAR, tlsVersion VARCHAR, objectKey VARCHAR, metricResponseType VARCHAR, sasExpiryStatus VARCHAR)`;

const record = {
  time: 'VARCHAR',
  resourceId: 'VARCHAR',
  category: 'VARCHAR',
  operationName: 'VARCHAR',
  operationVersion: 'VARCHAR',
  schemaVersion: 'VARCHAR',
  statusCode: 'VARCHAR',
  statusText: 'VARCHAR',
  durationMs: 'DOUBLE',
  callerIpAddress: 'VARCHAR',
  correlationId: 'UUID',
  identity,
  location: 'VARCHAR',
  properties,
  uri: 'VARCHAR',
  protocol: 'VARCHAR',
  resourceType: 'VARCHAR',
};

/** Of `key1(HASH),SasSignature(HASH)`, the `place`th hash. */
const hash = (place: number) => `split_part(split_part(identity.tokenHash, '(', ${place + 1}), ')', 1)`;
const hashUuid = (place: number) => `try_cast(left(${hash(place)}, 32) AS UUID)`;
const hexNumber = (text: string) => `try_cast('0x' || ${text} AS UBIGINT)`;

/**
 * Storage log records as DuckDB reads and types them by itself: the columns of `storage_log` as far as plain SQL gives
 * them, under the same names. Left out: redaction, SAS parameters and fingerprints, operation classes, copy sources,
 * unknown fields, the source of each row, rollups, and the uri taken apart (it is stored whole).
 */
export function readJsonQuery(glob: string): string {
  const fields = Object.entries(record).map(([name, type]) => `${name}: '${type}'`);
  return `
SELECT
  time::TIMESTAMP AS time,
  substr(time, 27, 1)::UTINYINT AS time_tick,
  category, operationName AS operation_name, operationVersion AS operation_version,
  try_cast(statusCode AS INTEGER) AS status_code, statusText AS status_text,
  durationMs AS duration_ms, properties.serverLatencyMs AS server_latency_ms,
  split_part(callerIpAddress, ':', 1) AS caller_ip,
  try_cast(split_part(callerIpAddress, ':', 2) AS USMALLINT) AS caller_port,
  correlationId AS correlation_id,
  try_cast(properties.clientRequestId AS UUID) AS client_request_uuid,
  CASE WHEN try_cast(properties.clientRequestId AS UUID) IS NULL THEN properties.clientRequestId END AS client_request_id,
  identity.type AS identity_type,
  CASE WHEN contains(identity.tokenHash, '(') THEN split_part(identity.tokenHash, '(', 1) END AS key_name, ${hashUuid(1)} AS key_hash,
  ${hexNumber(`left(${hash(2)}, 16)`)} AS token, ${hashUuid(2)} AS token_hash,
  identity.requester.objectId AS requester_object_id, identity.requester.tenantId AS requester_tenant_id,
  identity.requester.appId AS requester_app_id, identity.requester.upn AS requester_upn,
  identity.authorization::VARCHAR AS "authorization",
  properties.accountName AS account, properties.serviceType AS service,
  split_part(properties.objectKey, '/', 3) AS container, properties.objectKey AS object_key, uri,
  properties.userAgentHeader AS user_agent, properties.referrerHeader AS referrer,
  coalesce(properties.requestHeaderSize, 0) AS request_header_bytes,
  coalesce(properties.requestBodySize, 0) AS request_body_bytes,
  coalesce(properties.responseHeaderSize, 0) AS response_header_bytes,
  coalesce(properties.responseBodySize, 0) AS response_body_bytes,
  coalesce(properties.contentLengthHeader, 0) AS content_length,
  ${hexNumber(`replace(ltrim(properties.etag, '"0x'), '"', '')`)} AS etag,
  try_cast(hex(from_base64(properties.requestMd5)) AS UUID) AS request_md5,
  try_cast(hex(from_base64(properties.responseMd5)) AS UUID) AS response_md5,
  try_cast(properties.lastModifiedTime AS TIMESTAMP) AS last_modified,
  properties.conditionsUsed AS conditions_used, properties.downloadRange AS download_range,
  properties.accessTier AS access_tier, properties.tlsVersion AS tls_version, location, protocol,
  properties.metricResponseType AS metric_response_type, properties.sasExpiryStatus AS sas_expiry_status,
  coalesce(properties.operationCount, 0) AS operation_count,
  resourceId AS resource_id, resourceType AS resource_type, schemaVersion AS schema_version
FROM read_json('${glob.replaceAll("'", "''")}', format = 'newline_delimited', columns = {${fields.join(', ')}})`;
}
