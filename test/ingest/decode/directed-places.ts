import { recordWith } from './records.ts';

/** `text` with the first `@@` replaced by bytes. */
export function filled(text: string, bytes: Uint8Array): Buffer {
  const at = text.indexOf('@@');
  if (at < 0) throw new Error(`no @@ in ${text}`);
  return Buffer.concat([Buffer.from(text.slice(0, at)), bytes, Buffer.from(text.slice(at + 2))]);
}

/** A record with `@@` in the place of its only part that looks like `pattern`. */
function opened(pattern: RegExp, replacement: string, record = recordWith({}, { userAgentHeader: 'agent' })): string {
  return record.replace(pattern, replacement);
}

/** Records with `@@` where any byte may come. */
export const places: Readonly<Record<string, string>> = {
  'a dictionary text': recordWith({}, { userAgentHeader: 'agent@@1' }),
  'the end of a text': recordWith({}, { userAgentHeader: 'agent@@' }),
  'an object key': recordWith({}, { objectKey: '/acct/models/a@@b' }),
  'a container': recordWith({}, { objectKey: '/acct/mo@@dels/b' }),
  'an account': recordWith({}, { accountName: 'ac@@ct' }),
  'a request id': recordWith({}, { clientRequestId: 'request@@id' }),
  'a UUID': recordWith({}, { clientRequestId: '0d2f0b0a-1c5e-4f4e-9a4d-6a7b8c9@@0e1f' }),
  'a UUID dash': recordWith({}, { clientRequestId: '0d2f0b0a@@1c5e-4f4e-9a4d-6a7b8c9d0e1f' }),
  'a correlation id': recordWith({ correlationId: '6f1f5b8@@-001e-0042-7d2a-35f0a8000000' }),
  'a text column': recordWith({}, { downloadRange: 'bytes=@@-98' }),
  'a uri path': recordWith({ uri: 'https://acct.blob.core.windows.net:443/models/a@@?sv=1&sp=r&sig=XXXXX' }),
  'a uri host': recordWith({ uri: 'https://acct@@.blob.core.windows.net:443/models/a.ckpt?sv=1&sp=r' }),
  'a query': recordWith({ uri: 'https://acct.blob.core.windows.net:443/models/a.ckpt?sv=1&s@@=r&sig=XXXXX' }),
  'a signature': recordWith({ uri: 'https://acct.blob.core.windows.net:443/models/a.ckpt?sv=1&sp=r&sig=a@@b&se=1' }),
  'a scheme': recordWith({ uri: 'http@@//acct.blob.core.windows.net:443/models/a.ckpt' }),
  'a year': recordWith({ time: '20@@2-03-11T02:10:44.1234567Z' }),
  'a date mark': recordWith({ time: '2022@@03-11T02:10:44.1234567Z' }),
  'a time mark': recordWith({ time: '2022-03-11@@02:10:44.1234567Z' }),
  'an hour': recordWith({ time: '2022-03-11T@@2:10:44.1234567Z' }),
  'a second': recordWith({ time: '2022-03-11T02:10:@@4.1234567Z' }),
  'a decimal': recordWith({ time: '2022-03-11T02:10:44.12345@@7Z' }),
  'a zone': recordWith({ time: '2022-03-11T02:10:44.1234567@@' }),
  'a last modified time': recordWith({}, { lastModifiedTime: '2022/03/1@@ 16:59:35.0118188' }),
  'the end of one': recordWith({}, { lastModifiedTime: '2022/03/10 16:59:35.0118188@@' }),
  'an address': recordWith({ callerIpAddress: '203.0.1@@3.9:51234' }),
  'a port': recordWith({ callerIpAddress: '203.0.113.9:5@@4' }),
  'the end of an address': recordWith({ callerIpAddress: '203.0.113.9@@' }),
  'an IPv6 address': recordWith({ callerIpAddress: '[2001:db8::@@1]:443' }),
  'an etag': recordWith({}, { etag: '"0x8DA1@@2"' }),
  'the end of an etag': recordWith({}, { etag: '"0x8DA1"@@' }),
  'an MD5': recordWith({}, { requestMd5: 'AAECAwQFBgc@@CQoLDA0ODw==' }),
  'the end of an MD5': recordWith({}, { requestMd5: 'AAECAwQFBgcICQoLDA0OD@@==' }),
  'a key name': recordWith({ identity: { type: 'SAS', tokenHash: `ke@@1(${'A'.repeat(64)})` } }),
  'a key hash': recordWith({
    identity: { type: 'SAS', tokenHash: `key1(@@${'A'.repeat(63)}),SasSignature(${'B'.repeat(64)})` },
  }),
  'a signature hash': recordWith({
    identity: { type: 'SAS', tokenHash: `key1(${'A'.repeat(64)}),SasSignature(${'B'.repeat(63)}@@)` },
  }),
  'between two hashes': recordWith({
    identity: { type: 'SAS', tokenHash: `key1(${'A'.repeat(64)})@@SasSignature(${'B'.repeat(64)})` },
  }),
  'an operation': recordWith({ operationName: 'GetBlo@@' }),
  'an unknown text': recordWith({}, { unknown: 'a@@b' }),
  'an unknown name': recordWith({}, { 'a@@b': 1 }),
  'an unknown number': opened(/"unknown":12/, '"unknown":1@@', recordWith({}, { unknown: 12 })),
  'an unknown array': opened(/"unknown":\[1\]/, '"unknown":[1@@]', recordWith({}, { unknown: [1] })),
  'an authorization': opened(/\{"a":1\}/, '{"a":@@1}', recordWith({ identity: { authorization: { a: 1 } } })),
  'a number': opened(/"durationMs":12/, '"durationMs":1@@'),
  'the start of a number': opened(/"durationMs":12/, '"durationMs":@@2'),
  'a size': opened(/"requestHeaderSize":480/, '"requestHeaderSize":48@@'),
  'a status': opened(/"statusCode":200/, '"statusCode":20@@'),
  'a status text': opened(/"statusCode":200/, '"statusCode":"@@nknown"'),
  'before a colon': opened(/"protocol":/, '"protocol"@@:'),
  'behind a colon': opened(/"category":/, '"category":@@'),
  'before a comma': opened(/,"category"/, '@@,"category"'),
  'behind a comma': opened(/,"category"/, ',@@"category"'),
  'a name': opened(/"category"/, '"cate@@ory"'),
  'an escape': opened(/agent/, 'a\\@@b'),
  'an escaped character': opened(/agent/, 'a\\u00@@1b'),
  'the start of an object': opened(/"properties":\{/, '"properties":@@{'),
  'the end of an object': opened(/\},"uri"/, '}@@,"uri"'),
  null: opened(/"statusText":"Success"/, '"statusText":nul@@'),
  'before a record': `@@${recordWith({})}`,
  'behind a record': `${recordWith({})}@@`,
};
