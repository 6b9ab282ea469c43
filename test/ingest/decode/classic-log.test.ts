import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSas, tokenFingerprint } from '../../../src/core/sas.ts';
import { decodeEntities, splitClassicLine } from '../../../src/ingest/decode/classic-log.ts';
import { ReferenceDecoder } from '../../../src/ingest/decode/resource-log.ts';
import { recordWith } from './records.ts';
import { type Row, rowsOf } from './rows.ts';

/** A request by SAS, as version 1.0 writes it. */
const fields = [
  '1.0',
  '2022-03-11T02:10:44.1234567Z',
  'GetBlob',
  'SASSuccess',
  '200',
  '12',
  '7',
  'sas',
  '',
  'acct',
  'blob',
  '"https://acct.blob.core.windows.net:443/models/a%20b;c?sv=2020-02-10&amp;sr=c&amp;sp=rl&amp;se=2026-01-01T00%3A00%3A00Z&amp;sig=secret"',
  '"/acct/models/a b;c"',
  '6f1f5b8e-001e-0042-7d2a-35f0a8000000',
  '0',
  '203.0.113.9:51234',
  '2020-04-08',
  '480',
  '0',
  '290',
  '4096',
  '0',
  '"AAECAwQFBgcICQoLDA0ODw=="',
  '',
  '"&quot;0x8DA1B2C3D4E5F60&quot;"',
  'Tuesday, 19-Jun-14 22:58:10 GMT',
  '"If-Match=&quot;0x8D&quot;; x"',
  '"tool/1.0 (a; b)"',
  '"https://portal.example/?sig=secret&amp;x=1"',
  '"0d2f0b0a-1c5e-4f4e-9a4d-6a7b8c9d0e1f"',
];

function decode(text: string): { rows: Row[]; reasons: string[] } {
  const decoder = new ReferenceDecoder(100);
  const bytes = Buffer.from(text);
  const { consumed, rejected } = decoder.decode(bytes, 'classic', 7n);
  expect(consumed).toBe(bytes.length);
  return { rows: rowsOf(decoder.batch()), reasons: rejected.map(({ reason }) => reason) };
}

const line = fields.join(';');
const query = 'sv=2020-02-10&sr=c&sp=rl&se=2026-01-01T00%3A00%3A00Z&sig=XXXXX';

it('fills the columns of a line of version 1.0', () => {
  expect(decode(`${line}\r\n`)).toEqual({
    reasons: [],
    rows: [
      {
        time: 1646964644123456n,
        time_tick: 7,
        category: 'StorageRead',
        operation_name: 'GetBlob',
        operation_class: 'read',
        operation_version: '2020-04-08',
        status_code: 200,
        status_text: 'SASSuccess',
        duration_ms: 12,
        server_latency_ms: 7,
        caller_ipv4: 0xcb007109,
        caller_port: 51234,
        ip_class: 'public',
        correlation_id: '6f1f5b8e001e00427d2a35f0a8000000',
        client_request_uuid: '0d2f0b0a1c5e4f4e9a4d6a7b8c9d0e1f',
        auth_type: 'sas_service',
        identity_type: 'sas',
        token_fingerprint: tokenFingerprint('acct', parseSas(query)!),
        sas_id: parseSas(query)!.sasId,
        account: 'acct',
        service: 'blob',
        container: 'models',
        object_key: '/acct/models/a b;c',
        uri: `https://acct.blob.core.windows.net:443/models/a%20b;c?${query}`,
        user_agent: 'tool/1.0 (a; b)',
        referrer: 'https://portal.example/?sig=XXXXX&x=1',
        request_header_bytes: 480n,
        request_body_bytes: 0n,
        response_header_bytes: 290n,
        response_body_bytes: 4096n,
        content_length: 0n,
        etag: 0x8da1b2c3d4e5f60n,
        request_md5: '000102030405060708090a0b0c0d0e0f',
        last_modified: 1403218690000000n,
        last_modified_tick: 0,
        conditions_used: 'If-Match="0x8D"; x',
        protocol: 'HTTPS',
        operation_count: 0,
        schema_version: '1.0',
        source_id: 7n,
      },
    ],
  });
});

it('gives a token the fingerprint it has in resource logs', () => {
  const decoder = new ReferenceDecoder(10);
  const uri = 'https://acct.blob.core.windows.net/models/x?sig=XXXXX&sp=lr&sr=c&se=2026-01-01&sv=2020-02-10';
  decoder.decode(Buffer.from(line), 'classic', 1n);
  decoder.decode(Buffer.from(recordWith({ uri })), 'lines', 1n);
  const [classic, json] = rowsOf(decoder.batch());
  expect(classic?.token_fingerprint).toBe(json?.token_fingerprint);
});

describe('version 2.0', () => {
  const detail = '[{"action":"Microsoft.Storage/read;x","result":"Granted"}]';
  const oauth = ['2.0', ...fields.slice(1, 7), 'bearer', ...fields.slice(8)];
  const more = [
    'oid',
    'tid',
    'app',
    '"https://storage.azure.com/"',
    '"https://sts.windows.net/t/"',
    'u@example.com',
    '',
    detail,
  ];

  it('adds who the caller is; its last field is the rest of the line', () => {
    const { rows, reasons } = decode([...oauth, ...more].join(';'));
    expect(reasons).toEqual([]);
    expect(rows[0]).toMatchObject({
      auth_type: 'oauth',
      requester_object_id: 'oid',
      requester_tenant_id: 'tid',
      requester_app_id: 'app',
      requester_upn: 'u@example.com',
      authorization: detail,
      schema_version: '2.0',
      extra:
        '{"identity.requester.audience":"https://storage.azure.com/","identity.requester.tokenIssuer":"https://sts.windows.net/t/"}',
    });
  });

  it('keeps an authorization detail that is no JSON', () => {
    const { rows } = decode([...oauth, ...more.slice(0, -1), 'not; json'].join(';'));
    expect(JSON.parse(String(rows[0]?.extra))['identity.authorization']).toBe('not; json');
  });
});

it.each([
  ['DeleteBlob', 'StorageDelete', 'delete'],
  ['PutBlob', 'StorageWrite', 'write'],
  ['SetContainerACL', 'StorageWrite', 'acl'],
  ['ListContainers', 'StorageRead', 'list'],
  ['GetNewThing', 'StorageRead', 'read'],
])('files %s under %s', (operation, category, operationClass) => {
  expect(decode(line.replace('GetBlob', operation)).rows[0]).toMatchObject({
    category,
    operation_class: operationClass,
  });
});

it.each([
  ['authenticated', 'account_key'],
  ['anonymous', 'anonymous'],
  ['TrustedAccessSas', 'trusted'],
  ['DelegationSas', 'sas_user_delegation'],
])('reads the authorisation %s', (text, expected) => {
  expect(decode(line.replace(';sas;', `;${text};`)).rows[0]?.auth_type).toBe(expected);
});

it('keeps the requester account, which has no column', () => {
  expect(decode(line.replace(';sas;;', ';authenticated;other;')).rows[0]?.extra).toBe('{"requesterAccount":"other"}');
});

it.each([
  ['3.0;x', 'not a $logs line'],
  ['{"time":"2026-01-01"}', 'not a $logs line'],
  [fields.slice(0, 29).join(';'), '30 fields, this line 29'],
  [line.replace('2022-03-11', '2022-33-11'), 'time is not a time'],
  [line.replace('GetBlob', ''), 'operationName is missing'],
])('rejects %s and keeps its neighbours', (bad, reason) => {
  const { rows, reasons } = decode(`${line}\n${bad}\n\n${line}`);
  expect(rows.length).toBe(2);
  expect(reasons).toEqual([expect.stringContaining(reason)]);
});

describe('splitClassicLine', () => {
  it.each([
    ['a;b;c', ['a', 'b', 'c']],
    ['a;"b;c";d', ['a', 'b;c', 'd']],
    ['a;https://x/?a=1&amp;b=2;c', ['a', 'https://x/?a=1&b=2', 'c']],
    ['a;x&#59;y&#x3B;z;c', ['a', 'x;y;z', 'c']],
    ['a;&notanentity b;c', ['a', '&notanentity b', 'c']],
    ['a;"";c', ['a', '', 'c']],
    ['a;b;[{"x":"y;z"}];d', ['a', 'b', '[{"x":"y;z"}];d']],
    [';;', ['', '', '']],
    ['a', ['a']],
  ])('splits %s', (text, expected) => {
    expect(splitClassicLine(text, 3)).toEqual(expected);
  });

  it('gives back what was quoted and encoded', () => {
    const encode = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    const bare = fc.stringMatching(/^[A-Za-z0-9 :./-]*$/);
    const field = fc.oneof(
      fc.string().map((text) => ({ text, written: `"${encode(text)}"` })),
      bare.map((text) => ({ text, written: text })),
      fc.string().map((text) => ({
        text,
        written: encode(text)
          .replaceAll(';', '&#59;')
          .replace(/&(amp|quot|#59)&#59;/g, '&$1;'),
      })),
    );
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), (parts) => {
        const text = parts.map(({ written }) => written).join(';');
        expect(splitClassicLine(text, parts.length)).toEqual(parts.map((part) => part.text));
      }),
    );
  });
});

it.each([
  ['&lt;&gt;&apos;&nbsp;', "<>'\u00a0"],
  ['&amp;quot;', '&quot;'],
  ['&#128640;&#x1F680;', '🚀🚀'],
  ['&#0;&#1114112;', '\ufffd\ufffd'],
  ['&bogus; & &;', '&bogus; & &;'],
  ['&constructor;', '&constructor;'],
])('decodes %s once', (text, expected) => {
  expect(decodeEntities(text)).toBe(expected);
});
