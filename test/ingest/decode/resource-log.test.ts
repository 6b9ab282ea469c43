import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { parseSas, tokenFingerprint } from '../../../src/core/sas.ts';
import { generate } from '../../../src/generate/scenario.ts';
import { ReferenceDecoder } from '../../../src/ingest/decode/resource-log.ts';
import type { Framing } from '../../../src/ingest/source.ts';
import { plainRecord, recordWith } from './records.ts';
import { type Row, rowsOf, sasRowsOf } from './rows.ts';

const plain = JSON.stringify(plainRecord);

function decode(
  text: string | Uint8Array,
  framing: Framing = 'lines',
): { rows: Row[]; rejected: { text: string; reason: string }[] } {
  const decoder = new ReferenceDecoder(1000);
  const bytes = Buffer.from(text);
  const { rows, consumed, rejected } = decoder.decode(bytes, framing, 7n);
  expect(consumed).toBe(bytes.length);
  expect(rows).toBe(decoder.rows);
  return {
    rows: rowsOf(decoder.batch()),
    rejected: rejected.map(({ start, end, reason }) => ({ text: bytes.subarray(start, end).toString(), reason })),
  };
}

/** The one row of a record with other values. */
function row(changes: Readonly<Record<string, unknown>>, properties: Readonly<Record<string, unknown>> = {}): Row {
  const { rows, rejected } = decode(recordWith(changes, properties));
  expect(rejected).toEqual([]);
  return rows[0]!;
}

it('fills every column of a plain record', () => {
  const query = 'sv=2020-02-10&ss=b&srt=sco&sp=rwdl&se=2051-10-05T00%3A00%3A00Z&sig=XXXXX';
  expect(decode(plain).rows).toEqual([
    {
      time: 1646964644123456n,
      time_tick: 7,
      category: 'StorageRead',
      operation_name: 'GetBlob',
      operation_class: 'read',
      operation_version: '2020-04-08',
      status_code: 200,
      status_text: 'Success',
      duration_ms: 12,
      server_latency_ms: 7,
      caller_ipv4: 0xcb007109,
      caller_port: 51234,
      ip_class: 'public',
      correlation_id: '6f1f5b8e001e00427d2a35f0a8000000',
      client_request_uuid: '0d2f0b0a1c5e4f4e9a4d6a7b8c9d0e1f',
      auth_type: 'sas_account',
      identity_type: 'SAS',
      key_name: 'key1',
      key_hash: 'fdeab9acf3710362bd2658cdc9a29e8f',
      token: 0x4fa34a6085b7231bn,
      token_hash: '4fa34a6085b7231b810346e7edc21b9b',
      token_fingerprint: tokenFingerprint('acct', parseSas(query)!),
      sas_id: parseSas(query)!.sasId,
      account: 'acct',
      service: 'blob',
      container: 'models',
      object_key: '/acct/models/a.ckpt',
      uri_base: 'https://acct.blob.core.windows.net:443',
      uri_query: query,
      user_agent: 'AzCopy/10.13.0',
      request_header_bytes: 480n,
      request_body_bytes: 0n,
      response_header_bytes: 290n,
      response_body_bytes: 4096n,
      content_length: 0n,
      etag: 0x8da1b2c3d4e5f60n,
      last_modified: 1646931575011818n,
      last_modified_tick: 8,
      access_tier: 'Hot',
      tls_version: 'TLS 1.2',
      location: 'West Europe',
      protocol: 'HTTPS',
      metric_response_type: 'Success',
      operation_count: 0,
      resource_id: plainRecord.resourceId,
      resource_type: 'Microsoft.Storage/storageAccounts/blobServices',
      schema_version: '1.0',
      source_id: 7n,
    },
  ]);
});

it('keeps a record of three fields, with zero and empty text where fields are always there', () => {
  const { rows } = decode('{"time":"2026-01-01","category":"StorageRead","operationName":"GetBlob"}');
  expect(rows).toEqual([
    {
      time: 1767225600000000n,
      time_tick: 0,
      category: 'StorageRead',
      operation_name: 'GetBlob',
      operation_class: 'read',
      auth_type: 'unknown',
      account: '',
      service: '',
      request_header_bytes: 0n,
      request_body_bytes: 0n,
      response_header_bytes: 0n,
      response_body_bytes: 0n,
      content_length: 0n,
      operation_count: 0,
      source_id: 7n,
    },
  ]);
});

describe('a record without a place in time or a name is rejected:', () => {
  it.each([
    [{ time: undefined }, 'time is missing'],
    [{ time: '' }, 'time is missing'],
    [{ time: null }, 'time is missing'],
    [{ time: 'yesterday' }, 'time is not a time: "yesterday"'],
    [{ time: 1646964644 }, 'time is not a time: 1646964644'],
    [{ time: '?sig=secret' }, 'time is not a time: "?sig=XXXXX'],
    [{ category: undefined }, 'category is missing'],
    [{ operationName: '' }, 'operationName is missing'],
    [{ category: {} }, 'category is missing'],
  ])('%j', (changes, reason) => {
    const text = recordWith(changes);
    const { rows, rejected } = decode(`${plain}\n${text}\n${plain}`);
    expect(rows.length).toBe(2);
    expect(rejected).toEqual([{ text, reason: expect.stringContaining(reason) }]);
  });
});

describe('odd values', () => {
  it.each([
    ['Unknown', undefined, false],
    ['unknown', undefined, false],
    ['404', 404, false],
    [-1073741790, -1073741790, false],
    [3221225506, undefined, true],
    ['four', undefined, true],
    [200.5, undefined, true],
    ['', undefined, false],
  ])('reads the status %j', (statusCode, expected, isExtra) => {
    const { status_code, extra } = row({ statusCode });
    expect(status_code).toBe(expected);
    expect(extra).toBe(isExtra ? JSON.stringify({ statusCode }) : undefined);
  });

  it.each([
    [0, 0n, false],
    ['4096', 4096n, false],
    [9007199254740991, 9007199254740991n, false],
    [9007199254740992, 0n, true],
    ['9007199254740993', 0n, true],
    [-1, 0n, true],
    [1.5, 0n, true],
    ['1e3', 0n, true],
    [true, 0n, true],
    [[1], 0n, true],
    [null, 0n, false],
    ['', 0n, false],
  ])('reads the size %j', (responseBodySize, expected, isExtra) => {
    const { response_body_bytes, extra } = row({}, { responseBodySize });
    expect(response_body_bytes).toBe(expected);
    expect(extra).toBe(isExtra ? JSON.stringify({ 'properties.responseBodySize': responseBodySize }) : undefined);
  });

  it.each([
    [12.5, 12.5, false],
    ['12.5', 12.5, false],
    [-1, undefined, true],
    ['NaN', undefined, true],
  ])('reads the duration %j', (durationMs, expected, isExtra) => {
    const { duration_ms, extra } = row({ durationMs });
    expect(duration_ms).toBe(expected);
    expect(extra === undefined).toBe(!isExtra);
  });

  it.each([
    [1, 1],
    [2, 2],
    ['2', 2],
    [2 ** 31, 0],
  ])('reads the operation count %j', (operationCount, expected) => {
    expect(row({}, { operationCount }).operation_count).toBe(expected);
  });

  it.each([
    ['text', 'text'],
    [17, '17'],
    [false, 'false'],
    ['', undefined],
    [null, undefined],
  ])('reads the text %j', (userAgentHeader, expected) => {
    expect(row({}, { userAgentHeader }).user_agent).toBe(expected);
  });

  it('keeps an object where text is expected', () => {
    const { user_agent, extra } = row({}, { userAgentHeader: { a: [1, 'x', null] } });
    expect(user_agent).toBeUndefined();
    expect(extra).toBe('{"properties.userAgentHeader":{"a":[1,"x",null]}}');
  });

  it.each([
    ['"0x8DA1B2C3D4E5F60"', 0x8da1b2c3d4e5f60n],
    ['0x8da1', 0x8da1n],
    ['"0xFFFFFFFFFFFFFFFF"', 0xffffffffffffffffn],
    ['W/"0x8DA1"', undefined],
    ['"0x8DA1B2C3D4E5F6001"', undefined],
  ])('reads the etag %s', (etag, expected) => {
    const { etag: value, extra } = row({}, { etag });
    expect(value).toBe(expected);
    expect(extra === undefined).toBe(expected !== undefined);
  });

  it.each([
    ['requestMd5', 'AAECAwQFBgcICQoLDA0ODw==', 'request_md5'],
    ['responseMd5', '000102030405060708090A0B0C0D0E0F', 'response_md5'],
    ['serverMd5', 'AAECAwQFBgcICQoLDA0ODw==', 'response_md5'],
  ] as const)('reads %s %s', (name, md5, column) => {
    expect(row({}, { [name]: md5 })[column]).toBe('000102030405060708090a0b0c0d0e0f');
    expect(row({}, { [name]: 'not md5' }).extra).toBe(`{"properties.${name}":"not md5"}`);
  });

  it.each([
    ['7/5/2022 12:32:21 PM', 1657024341000000n],
    ['2024/07/03 16:59:35.0118188', 1720025975011818n],
    ['Tuesday, 19-Jun-14 22:58:10 GMT', 1403218690000000n],
    ['1601/01/01 00:00:00.0000000', undefined],
  ])('reads the last modified time %s', (lastModifiedTime, expected) => {
    const { last_modified, extra } = row({}, { lastModifiedTime });
    expect(last_modified).toBe(expected);
    expect(extra).toBeUndefined();
  });

  it('keeps a client request id as written unless it comes back from its 16 bytes', () => {
    const lower = '0d2f0b0a-1c5e-4f4e-9a4d-6a7b8c9d0e1f';
    for (const clientRequestId of [lower.toUpperCase(), `{${lower}}`, 'batch 17: retry; of "x" — '.repeat(8)]) {
      const { client_request_id, client_request_uuid } = row({}, { clientRequestId });
      expect([client_request_id, client_request_uuid]).toEqual([clientRequestId, undefined]);
    }
  });

  it('packs a correlation id of any case and keeps any other in extra', () => {
    const upper = '6F1F5B8E-001E-0042-7D2A-35F0A8000000';
    expect(row({ correlationId: upper }).correlation_id).toBe('6f1f5b8e001e00427d2a35f0a8000000');
    expect(row({ correlationId: 'x' }).extra).toBe('{"correlationId":"x"}');
  });

  it.each(['key1(0)', 'key1(XXX),SasSignature(XXX)', 'AB'.repeat(32)])(
    'keeps the token hash %s as text',
    (tokenHash) => {
      const { token_hash_text, key_name, token } = row({ identity: { type: 'SAS', tokenHash } });
      expect([token_hash_text, key_name, token]).toEqual([tokenHash, undefined, undefined]);
    },
  );

  it('reads who an OAuth caller is and keeps the decision as JSON', () => {
    const requester = { objectId: 'o', tenantId: 't', appId: 'a', upn: 'u', audience: 'https://storage.azure.com/' };
    const authorization = [{ action: 'read', result: 'Granted', principals: [{ id: 'p', type: 'User' }] }];
    expect(row({ identity: { type: 'OAuth', authorization, requester } })).toMatchObject({
      auth_type: 'oauth',
      requester_object_id: 'o',
      requester_tenant_id: 't',
      requester_app_id: 'a',
      requester_upn: 'u',
      authorization: JSON.stringify(authorization),
      extra: '{"identity.requester.audience":"https://storage.azure.com/"}',
    });
  });

  it.each([{}, null, '', undefined])('takes the identity %j', (identity) => {
    const { auth_type, extra } = row({ identity });
    expect([auth_type, extra]).toEqual(['unknown', undefined]);
  });

  it('keeps an identity that is no object whole', () => {
    expect(row({ identity: ['SAS'] }).extra).toBe('{"identity":["SAS"]}');
  });

  it('keeps unknown properties by their path, in order, and leaves out null', () => {
    const changes = { tenant: { a: 1 }, gone: null, __proto__x: 1 };
    expect(row(changes, { smbFileId: '0x17', empty: '', delegated: true }).extra).toBe(
      '{"properties.smbFileId":"0x17","properties.empty":"","properties.delegated":true,"tenant":{"a":1},"__proto__x":1}',
    );
    const { extra } = decode(plain.replace('{', '{"__proto__":{"x":1},')).rows[0]!;
    expect(extra).toBe('{"__proto__":{"x":1}}');
  });

  it('takes the last of two equal names', () => {
    expect(decode(plain.replace('{', '{"operationName":"PutBlob",')).rows[0]?.operation_name).toBe('GetBlob');
  });
});

describe('the place of a request', () => {
  it('comes from the resource id, then from the host, where the record does not name it', () => {
    const nameless = { accountName: undefined, serviceType: undefined };
    expect(row({}, nameless)).toMatchObject({ account: 'acct', service: 'blob' });
    const uri = 'https://other.queue.core.windows.net/q';
    expect(row({ resourceId: undefined, uri }, nameless)).toMatchObject({ account: 'other', service: 'queue' });
  });

  it.each([
    ['blob', '/acct/models/a/b', 'https://acct.blob.core.windows.net/models/a/b', 'models'],
    ['blob', '/acct', 'https://acct.blob.core.windows.net/?comp=list', undefined],
    ['blob', '/', 'https://acct.blob.core.windows.net/models/a', undefined],
    ['blob', undefined, 'https://acct.blob.core.windows.net/models/a', 'models'],
    ['blob', '/acct/$root/a', 'https://acct.blob.core.windows.net/a', '$root'],
    ['file', '/acct', 'https://acct.file.core.windows.net/my%20share/dir/f', 'my share'],
    ['table', '/acct/People(PartitionKey=1)', 'https://acct.table.core.windows.net/People', 'People'],
    ['table', undefined, "https://acct.table.core.windows.net/People(PartitionKey='1')", 'People'],
  ])('%s %s has its container', (serviceType, objectKey, uri, container) => {
    expect(row({ uri }, { serviceType, objectKey }).container).toBe(container);
  });

  it('is never the source of a copy, whose token is only named', () => {
    const sas = 'sv=2020-02-10&sr=c&sp=r&se=2026-01-01&sig=';
    const url = `https://other.blob.core.windows.net/theirs/x?${sas}`;
    const copied = row(
      { operationName: 'CopyBlobSource', resourceId: undefined, uri: `${url}secret` },
      { objectKey: `${url}secret`, accountName: undefined },
    );
    expect(copied).toMatchObject({
      account: '',
      copy_source_account: 'other',
      copy_source_fingerprint: tokenFingerprint('other', parseSas(sas)!),
      object_key: `${url}XXXXX`,
      uri: `${url}XXXXX`,
      operation_class: 'copy',
    });
    expect([copied.container, copied.sas_id, copied.token_fingerprint]).toEqual([undefined, undefined, undefined]);
    expect(row({ operationName: 'CopyBlobSource', uri: url }, { objectKey: '/other/theirs/x' })).toMatchObject({
      account: 'acct',
      copy_source_account: 'other',
    });
  });

  it('names the same token by the same fingerprint, whatever the spelling', () => {
    const spellings = ['se=2026-01-01&sp=rl', 'sp=lr&se=2026-01-01T00:00:00Z', 'SE=2026-01-01T00%3A00Z&amp;sp=rl'];
    const prints = spellings.map((text) =>
      row({ uri: `https://acct.blob.core.windows.net/c/b?sv=1&sr=c&${text}&sig=X` }),
    );
    expect(new Set(prints.map(({ token_fingerprint }) => token_fingerprint)).size).toBe(1);
  });
});

describe('the uri comes back byte for byte', () => {
  const object = 'https://acct.blob.core.windows.net:443/models/a.ckpt';
  it.each([
    [object, true],
    [`${object}?comp=metadata`, true],
    [`${object}?a=1?b`, true],
    [`${object}?sv=1&sp=r&sr=c&SIG=secret&x=1`, true],
    [`${object.replace(':443', '')}?comp=metadata`, true],
    [`${object}?`, false],
    ['https://acct.blob.core.windows.net:443/models/a%2Eckpt', false],
    ['https://acct.blob.core.windows.net:443/?comp=list', false],
    ['\\\\acct.file.core.windows.net\\share\\file', false],
    ['?', false],
  ])('%s', (uri, inParts) => {
    const { uri: whole, uri_base, uri_query, object_key = '', account = '' } = row({ uri });
    const text =
      whole ??
      `${uri_base}${String(object_key).slice(String(account).length + 1)}${uri_query === undefined ? '' : `?${uri_query}`}`;
    expect(text).toBe(uri.replace('secret', 'XXXXX'));
    expect(whole === undefined).toBe(inParts);
  });

  it('and is absent where the record has none', () => {
    const { uri, uri_base, uri_query } = row({ uri: undefined });
    expect([uri, uri_base, uri_query]).toEqual([undefined, undefined, undefined]);
  });
});

describe('a signature', () => {
  const secret = 'awHDRNvlgnvsPnEfneux4M9L+YR4RhsUDIE/uHP4hZE=';
  const url = `https://a.blob.core.windows.net/c/b?sv=1&sig=${encodeURIComponent(secret)}&sp=r`;

  it('reaches no column, wherever in the record it is', () => {
    const { time: _, ...fields } = plainRecord;
    const hidden = [
      ...Object.keys(fields).map((name) => recordWith({ [name]: url })),
      ...Object.keys(plainRecord.properties).map((name) => recordWith({}, { [name]: url })),
      ...['type', 'tokenHash', 'authorization', 'other'].map((name) => recordWith({ identity: { [name]: url } })),
      recordWith({ identity: { authorization: [{ [url]: { deep: [url, encodeURIComponent(url)] } }] } }),
      recordWith(
        { [url]: { [url]: [url, { sig: secret }] } },
        { sig: secret, referrerHeader: JSON.stringify({ url }) },
      ),
      recordWith({}, { conditionsUsed: `If-Match="${url}"`, downloadRange: url, clientRequestId: url }),
    ];
    const decoder = new ReferenceDecoder(100);
    const { rejected } = decoder.decode(Buffer.from(hidden.join('\n')), 'lines', 1n);
    expect([decoder.rows, rejected]).toEqual([hidden.length, []]);
    const everything = decoder.batch().columns.map((column) => {
      if (column.layout === 'fixed') return '';
      return Buffer.from(column.layout === 'utf8' ? column.bytes : column.dictionary.bytes).toString('latin1');
    });
    expect(everything.join('\n')).not.toContain('awHDRNvlgn');
    const sets = sasRowsOf(decoder.newSas());
    expect(sets.length).toBeGreaterThan(0);
    expect(JSON.stringify(sets, (_, v) => (typeof v === 'bigint' ? String(v) : v))).not.toContain('awHDRN');
  });

  it('leaves extra valid JSON, even before an escaped quote', () => {
    const { extra } = row({ odd: 'say "sig=abc" or \\"sig=def\\' });
    expect(JSON.parse(String(extra))).toEqual({ odd: 'say "sig=XXXXX" or \\"sig=XXXXX' });
  });
});

describe('text that is not Unicode', () => {
  it('becomes U+FFFD and keeps the record, the column bytes being valid UTF-8', () => {
    const lone = plain
      .replaceAll('a.ckpt', '\\ud800x')
      .replace('AzCopy', '\\udfff')
      .replace('"tlsVersion"', '"odd":"\\ud83d","tlsVersion"');
    expect(decode(lone).rows[0]).toMatchObject({
      object_key: '/acct/models/\ufffdx',
      user_agent: '\ufffd/10.13.0',
      extra: '{"properties.odd":"\ufffd"}',
    });
  });

  it('even as broken bytes anywhere inside a string', () => {
    const at = Buffer.from(plain).indexOf('AzCopy');
    const sequences = [
      [0x80],
      [0xc0, 0xaf],
      [0xc1, 0x81],
      [0xe2, 0x28, 0xa1],
      [0xed, 0xa0, 0x80],
      [0xf5, 0x80],
      [0xff],
      [0xf0, 0x9f],
    ];
    for (const sequence of sequences) {
      const bytes = Buffer.concat([
        Buffer.from(plain).subarray(0, at),
        Uint8Array.from(sequence),
        Buffer.from(plain).subarray(at),
      ]);
      const { rows, rejected } = decode(bytes);
      expect(rejected).toEqual([]);
      expect(String(rows[0]?.user_agent)).toMatch(/^\ufffd+.*AzCopy/);
    }
  });

  it('as the WHATWG decoder replaces it', () => {
    const start = Buffer.from(plain).indexOf('AzCopy');
    const parts = [Buffer.from(plain).subarray(0, start), Buffer.from(plain).subarray(start)] as const;
    const byte = fc.integer({ min: 0x80, max: 0xff });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 6 }), fc.array(byte), (any, high) => {
        const noise = Uint8Array.from([...any.filter((code) => code > 0x60 && code !== 0x7f), ...high]);
        const { rows } = decode(Buffer.concat([parts[0], noise, parts[1]]));
        expect(rows[0]?.user_agent).toBe(
          `${new TextDecoder('utf-8', { ignoreBOM: true }).decode(noise)}AzCopy/10.13.0`,
        );
      }),
    );
  });

  it('keeps what is', () => {
    expect(row({}, { objectKey: '/acct/c/Überblick 模型 🚀\u2028' }).object_key).toBe(
      '/acct/c/Überblick 模型 🚀\u2028',
    );
  });
});

describe('framing', () => {
  const body = (...records: string[]): string => `{"records":[${records.join(',')}]}`;

  it.each<[string, string, Framing, number]>([
    ['one record without a line end', plain, 'lines', 1],
    ['carriage returns and empty lines', `\r\n${plain}\r\n\r\n \t\n${plain}\r\n`, 'lines', 2],
    ['a byte order mark', `\ufeff${plain}\n${plain}`, 'lines', 2],
    ['a line that is an envelope', `${plain}\n${body(plain, plain)}\n`, 'lines', 3],
    ['an array with a record on each line', `[\n${plain},\n${plain}\n]\n`, 'lines', 2],
    ['a body', body(plain, plain, plain), 'records', 3],
    ['an empty body', body(), 'records', 0],
    ['a body with blanks', ` \ufeff{ "records" : [ ${plain} , ${plain} ] } `.trim(), 'records', 2],
    [
      'a body with other members before and after',
      `{"a":{"records":1},"b":"]}","records":[${plain},${plain}],"c":[{"x":1}]}`,
      'records',
      2,
    ],
    ['a bare record', plain, 'records', 1],
    ['a bare array', `[${plain},${plain}]`, 'records', 2],
    ['lines in a body', `${plain}\n${plain}\n`, 'records', 2],
    ['several bodies', `${body(plain)}\n${body(plain, plain)}`, 'records', 3],
    ['an indented body', JSON.stringify({ records: [plainRecord, plainRecord] }, undefined, 2), 'records', 2],
    ['nothing', '', 'records', 0],
  ])('reads %s', (_, text, framing, count) => {
    const { rows, rejected } = decode(text, framing);
    expect([rows.length, rejected]).toEqual([count, []]);
  });

  it.each([
    ['a cut record at the end', body(plain, plain).slice(0, -20), 1],
    ['garbage between', body(plain, '{bad', plain), 2],
    ['a number between', body(plain, '17', plain), 2],
    ['a lost comma', body(plain, `${plain}${plain}`, plain), 2],
    ['a lost quote', body(plain, plain.replace('"GetBlob"', '"GetBlob'), plain), 2],
    ['a lost brace', body(plain, plain.slice(0, -1), plain, plain), 3],
    ['a brace too many', body(plain, `${plain}}`, plain), 2],
    ['a record that ends early', body(plain, plain.replace('"location"', '}"location"'), plain), 2],
    ['a control character', body(plain, plain.replace('GetBlob', 'Get\u0001Blob'), plain), 2],
  ])('loses no whole record beside %s', (_, text, count) => {
    const { rows, rejected } = decode(text, 'records');
    expect([rows.length, rejected.length]).toEqual([count, 1]);
    expect(rejected[0]!.reason).toMatch(/JSON/);
  });

  it('rejects a line that is no record and goes on', () => {
    const { rows, rejected } = decode(`${plain}\n${plain.slice(0, 500)}\n17\n"x"\n${plain} trailing\n${plain}`);
    expect(rows.length).toBe(2);
    expect(rejected.map(({ text }) => text)).toEqual([plain.slice(0, 500), '17', '"x"', `${plain} trailing`]);
  });

  it('makes one row or one rejected stretch of every record, whichever are damaged', () => {
    const damage = fc.constantFrom('none', 'cut', 'flip', 'quote');
    fc.assert(
      fc.property(fc.array(fc.tuple(damage, fc.nat()), { maxLength: 8 }), fc.boolean(), (records, asBody) => {
        const texts = records.map(([kind, at]) => {
          const p = at % (plain.length - 1);
          if (kind === 'cut') return plain.slice(0, p);
          if (kind === 'flip') return `${plain.slice(0, p)}\u0007${plain.slice(p + 1)}`;
          return kind === 'quote' ? `${plain.slice(0, p)}"${plain.slice(p)}` : plain;
        });
        const good = records.filter(([kind]) => kind === 'none').length;
        const { rows, rejected } = asBody ? decode(body(...texts), 'records') : decode(texts.join('\n'));
        expect(rows.length).toBeGreaterThanOrEqual(good);
        if (!asBody) expect(rows.length + rejected.length).toBe(texts.filter((text) => text !== '').length);
        expect(rows.every(({ operation_name }) => operation_name === 'GetBlob')).toBe(true);
      }),
    );
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', '\n', 'records', '1', ' ') }),
        (text) => {
          for (const framing of ['lines', 'records', 'classic'] as const)
            expect(decode(text, framing).rows).toEqual([]);
        },
      ),
    );
  });

  it('rejects a record that is too long or too deep with its own bytes', () => {
    const long = recordWith({ note: 'x'.repeat(limits.recordBytesMax) });
    const deep = (levels: number): string => recordWith({ note: JSON.parse('['.repeat(levels) + ']'.repeat(levels)) });
    const texts = [long, deep(limits.nestingMax), deep(limits.nestingMax - 1)];
    for (const { rows, rejected } of [
      decode(body(plain, ...texts, plain), 'records'),
      decode([plain, ...texts, plain].join('\n')),
    ]) {
      expect(rows.length).toBe(3);
      expect(rejected.map(({ text }) => text)).toEqual(texts.slice(0, 2));
      expect(rejected.map(({ reason }) => reason)).toEqual([
        expect.stringContaining('longer'),
        expect.stringContaining('deeper'),
      ]);
    }
  });

  it('reads a body of hostile braces without looking at each for long', () => {
    const { rows } = decode(`{"records":[${',{"a":"'.repeat(200_000)}`, 'records');
    expect(rows).toEqual([]);
  });
});

describe('a full batch', () => {
  /** Decodes in batches and returns all rows, and how many batches it took. */
  function inBatches(decoder: ReferenceDecoder, text: string, framing: Framing): { rows: Row[]; batches: number } {
    const bytes = Buffer.from(text);
    const rows: Row[] = [];
    let batches = 0;
    for (let start = 0; start < bytes.length; batches++) {
      start = decoder.decode(bytes, framing, 1n, start).consumed;
      for (const stored of rowsOf(decoder.batch(), ['operation_version', 'location', 'uri'])) rows.push(stored);
      decoder.reset();
    }
    return { rows, batches };
  }

  it.each<[string, (records: string[]) => string, Framing]>([
    ['lines', (records) => records.join('\n'), 'lines'],
    ['a body', (records) => `{"records":[${records.join(', ')}],"x":1}`, 'records'],
    ['an envelope in a line', (records) => `${records[0]}\n{"records":[${records.slice(1).join(',')}]}\n`, 'lines'],
  ])('stops before a record and goes on from there in %s', (_, frame, framing) => {
    const records = Array.from({ length: 11 }, (_, i) => recordWith({ operationVersion: `v${i}` }));
    const { rows, batches } = inBatches(new ReferenceDecoder(4), frame(records), framing);
    expect(rows.map(({ operation_version }) => operation_version)).toEqual(records.map((_, i) => `v${i}`));
    expect(batches).toBe(3);
  });

  it('ends when a dictionary has no code left, and takes the row into the next batch', () => {
    const count = limits.dictionaryEntriesMax + 5;
    const lines = Array.from(
      { length: count },
      (_, i) => `{"time":"2026-01-01","category":"c","operationName":"o","location":"${i}"}`,
    );
    const { rows, batches } = inBatches(new ReferenceDecoder(), lines.join('\n'), 'lines');
    expect([rows.length, batches]).toEqual([count, 2]);
    expect(rows.every(({ location }, i) => location === String(i))).toBe(true);
  });

  it('does not end for queries that are all different: those rows keep their whole uri', () => {
    const count = limits.dictionaryEntriesMax + 5;
    const lines = Array.from(
      { length: count },
      (_, i) =>
        `{"time":"2026-01-01","category":"c","operationName":"o","uri":"https://a.blob.core.windows.net/c/b?x${i}","properties":{"accountName":"a","objectKey":"/a/c/b"}}`,
    );
    const { rows, batches } = inBatches(new ReferenceDecoder(), lines.join('\n'), 'lines');
    expect([rows.length, batches]).toEqual([count, 1]);
    expect(rows.filter(({ uri }) => uri !== undefined).length).toBe(5);
    expect(rows.at(-1)?.uri).toBe(`https://a.blob.core.windows.net/c/b?x${count - 1}`);
  });

  it('leaves nothing of a batch in the next', () => {
    const decoder = new ReferenceDecoder(10);
    decoder.decode(Buffer.from(`${plain}\n${plain}`), 'lines', 1n);
    decoder.reset();
    const bare = '{"time":"2026-01-01","category":"c","operationName":"o"}';
    decoder.decode(Buffer.from(bare), 'lines', 7n);
    expect(rowsOf(decoder.batch())).toEqual(decode(bare).rows);
  });

  it('reports each SAS once', () => {
    const decoder = new ReferenceDecoder(10);
    decoder.decode(Buffer.from(`${plain}\n${plain}`), 'lines', 1n);
    expect(sasRowsOf(decoder.newSas()).map(({ kind }) => kind)).toEqual(['account']);
    decoder.reset();
    decoder.decode(Buffer.from(plain), 'lines', 1n);
    expect(decoder.newSas().rows).toBe(0);
  });

  it('keeps a SAS for later while nobody has taken it', () => {
    const decoder = new ReferenceDecoder(10);
    decoder.decode(Buffer.from(plain), 'lines', 1n);
    decoder.reset();
    expect(sasRowsOf(decoder.newSas()).map(({ kind }) => kind)).toEqual(['account']);
  });
});

it('reads what the generator writes, odd shapes and unredacted signatures included', () => {
  const generation = generate({ scenario: 'benign-day', rows: 3000, seed: 5, oddities: 0.3, unredacted: 0.3 });
  const records = [...generation.records()];
  const decoder = new ReferenceDecoder();
  expect(decoder.decode(Buffer.from(records.join('\n')), 'lines', 1n).rejected).toEqual([]);
  const rows = rowsOf(decoder.batch());
  records.forEach((text, i) => {
    const record = JSON.parse(text);
    const stored = rows[i]!;
    const path = String(stored.object_key).slice(String(stored.account).length + 1);
    const query = stored.uri_query === undefined ? '' : `?${stored.uri_query}`;
    expect(stored.uri ?? `${stored.uri_base}${path}${query}`).toBe(record.uri.replace(/([?&]sig=)[^&]*/, '$1XXXXX'));
    expect(stored.object_key).toBe(record.properties.objectKey);
    expect(Number(stored.response_body_bytes)).toBe(record.properties.responseBodySize ?? 0);
    expect(stored.auth_type).toMatch(record.identity.type === 'SAS' ? /^sas_(account|service)$/ : /^(?!sas_acc)/);
  });
  const text = JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  const { length } = generation
    .secrets()
    .filter(({ sig }) => text.includes(sig) || text.includes(encodeURIComponent(sig)));
  expect(length).toBe(0);
});
