import { describe, it } from 'vitest';
import { fields } from '../../../src/ingest/decode/field.ts';
import { recordWith } from './records.ts';
import { Twins } from './scanner-twin.ts';

const twins = new Twins(8 * 1024);
/** Few enough that the scanner never gives a whole input up. */
const perInput = 24;
const newline = Buffer.from('\n');

/** Feeds records as lines and, since a line feed is white space there, as a body. */
function feedAll(records: readonly Uint8Array[]): void {
  for (let at = 0; at < records.length; at += perInput) {
    const some = records.slice(at, at + perInput);
    twins.feed(Buffer.concat(some.flatMap((record) => [record, newline])), 'lines');
    const joined = some.flatMap((record) => [Buffer.from(','), record]).slice(1);
    twins.feed(Buffer.concat([Buffer.from('{"records":['), ...joined, Buffer.from(']}')]), 'records');
    if (twins.scanner.rows > 4 * 1024) twins.check();
  }
  twins.check();
}

/** `text` with the first `@@` replaced by bytes. */
function filled(text: string, bytes: Uint8Array): Buffer {
  const at = text.indexOf('@@');
  if (at < 0) throw new Error(`no @@ in ${text}`);
  return Buffer.concat([Buffer.from(text.slice(0, at)), bytes, Buffer.from(text.slice(at + 2))]);
}

/** A record with `@@` in the place of its only part that looks like `pattern`. */
function opened(pattern: RegExp, replacement: string, record = recordWith({}, { userAgentHeader: 'agent' })): string {
  return record.replace(pattern, replacement);
}

const places: Readonly<Record<string, string>> = {
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
  'before a colon': opened(/"category":/, '"category"@@:'),
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

describe('every byte in', () => {
  it.each(Object.keys(places))('%s', (name) => {
    const text = places[name]!;
    feedAll(Array.from({ length: 256 }, (_, byte) => filled(text, Uint8Array.of(byte))));
  });
});

it('every lead and continuation byte of UTF-8', () => {
  const edges = [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
  const sequences = Array.from({ length: 64 }, (_, i) => 0xc0 + i).flatMap((lead) => [
    ...edges.map((second) => [lead, second]),
    ...edges.flatMap((second) => [0x80, 0xbf, 0x41].map((third) => [lead, second, third])),
    ...edges.flatMap((second) => [0xbf, 0xc0].map((fourth) => [lead, second, 0x80, fourth])),
  ]);
  for (const record of [
    recordWith({}, { userAgentHeader: 'agent @@' }),
    recordWith({}, { clientRequestId: 'a@@z' }),
    recordWith({}, { unknown: '@@' }),
  ]) {
    feedAll(sequences.map((bytes) => filled(record, Uint8Array.from(bytes))));
  }
});

const numbers = [
  ...[
    '0',
    '-0',
    '00',
    '01',
    '-1',
    '1.',
    '.5',
    '1.0',
    '1.5',
    '0.1',
    '1e2',
    '1E-2',
    '+1',
    '--1',
    '1-',
    '0x10',
    'NaN',
    '1_0',
    '1,0',
  ],
  ...['2147483647', '2147483648', '-2147483648', '-2147483649', '4294967295', '9999999999', '99999999999'],
  ...[
    '999999999999999',
    '9999999999999999',
    '9007199254740991',
    '9007199254740992',
    '9007199254740993',
    '18446744073709551616',
  ],
  ...[
    '123456789012345.6',
    '0.000001',
    '0.0000001',
    '0.1234567890123456',
    '12345678.12345678',
    '1.7976931348623157e308',
    '1e999',
  ],
  ...[
    'true',
    'false',
    'null',
    'nul',
    'truex',
    '[]',
    '{}',
    '""',
    '"12"',
    '"-12"',
    '"012"',
    '"1.5"',
    '"1e3"',
    '"12',
    '" 12"',
    '"1\\u0032"',
  ],
];

it('numbers and what looks like them in every field', () => {
  const records = [...fields.keys(), 'properties.unknown', 'unknown'].flatMap((path) => {
    const name = path.slice(path.lastIndexOf('.') + 1);
    const parent = path.slice(0, Math.max(path.lastIndexOf('.'), 0));
    const change = { [name]: '@@' };
    const requester = parent === 'identity.requester' ? { requester: change } : parent === 'identity' ? change : {};
    const record = recordWith(
      parent === '' ? change : { identity: { type: 'SAS', ...requester } },
      parent === 'properties' ? change : {},
    ).replace('"@@"', '@@');
    return numbers.map((number) => filled(record, Buffer.from(number)));
  });
  feedAll(records);
});

it('texts of every length from 0 to 80, plain and with other characters', () => {
  const texts = Array.from({ length: 81 }, (_, length) => [
    'x'.repeat(length),
    `${'y'.repeat(Math.max(0, length - 2))}ü`,
    `\\"${'z'.repeat(length)}`,
    `${'z'.repeat(length)}\\/`,
  ]).flat();
  for (const record of [
    recordWith({}, { userAgentHeader: '@@' }),
    recordWith({}, { clientRequestId: '@@' }),
    recordWith({}, { objectKey: '/acct/models/@@' }),
    recordWith({}, { objectKey: '/acct/@@/b' }),
    recordWith({}, { accountName: '@@' }),
    recordWith({ uri: 'https://acct.blob.core.windows.net/@@' }),
    recordWith({ uri: 'https://acct.blob.core.windows.net/models/a.ckpt?@@' }),
    recordWith({ uri: 'https://acct.blob.core.windows.net:443/models/a.ckpt?sv=1&sp=r&blockid=@@' }),
    recordWith({ uri: '@@' }),
    recordWith({ location: '@@' }),
    recordWith({ identity: { type: '@@', tokenHash: '@@' } }),
    recordWith({}, { unknown: '@@' }),
    recordWith({ '@@': 1 }),
  ]) {
    feedAll(texts.map((text) => filled(record, Buffer.from(text))));
  }
});

it('signatures in every wrapping and every text column', () => {
  const heads = [
    '',
    '?',
    '&',
    'a=1&',
    '/',
    'x',
    '-',
    '.',
    '%3F',
    '%26',
    '%2526',
    '&amp;',
    '&#38;',
    'é',
    ' ',
    '%',
    '%zz',
    '\\\\',
  ];
  const names = [
    'sig',
    'SIG',
    'Signature',
    'x-amz-signature',
    'X-Goog-Signature',
    'code',
    'token',
    's%69g',
    '%73ig',
    'sigs',
    's\\\\u0069g',
  ];
  const marks = ['=', '%3D', '%3d', '%253D', '%25253D', '&#61;', '&#x3d;', '\\\\u003d', ' =', '==', ''];
  const values = ['a%2Bb', 'XXXXX', 'XXXXXy', '', '&x', '%26y', 'v&sv=1', 'v;w', 'v w', 'a#b'];
  const texts: string[] = [];
  for (const [i, head] of heads.entries())
    for (const [j, name] of names.entries())
      for (const [k, mark] of marks.entries()) texts.push(head + name + mark + values[(i + j + k) % values.length]!);
  for (const record of [
    recordWith({}, { userAgentHeader: '@@' }),
    recordWith({}, { referrerHeader: 'https://h/p@@' }),
    recordWith({}, { clientRequestId: '@@' }),
    recordWith({}, { objectKey: '/acct/c/@@' }),
    recordWith({}, { objectKey: '/acct/@@/b' }),
    recordWith({ uri: 'https://acct.blob.core.windows.net/models/a.ckpt?@@' }),
    recordWith({ uri: 'https://acct.blob.core.windows.net:443/models/a.ckpt?sv=1&sp=r&@@' }),
    recordWith({ uri: 'https://acct.blob.core.windows.net/p@@?sv=1' }),
    recordWith({}, { unknown: '@@' }),
    recordWith({}, { unknown: { deep: ['@@'] } }),
    recordWith({ '@@': 'v' }),
  ]) {
    feedAll(texts.map((text) => filled(record, Buffer.from(text))));
  }
});
