import { Prng } from '../../../src/generate/prng.ts';
import { fields } from '../../../src/ingest/decode/field.ts';
import { plainRecord } from './records.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const hash = 'FDEAB9ACF3710362BD2658CDC9A29E8F9C757FCF9811603A8C447CD1D9151108';
const uuid = '0d2f0b0a-1c5e-4f4e-9a4d-6a7b8c9d0e1f';

/** Values that sit on an edge of some field's form; any field may get any of them. */
const oddValues: readonly Json[] = [
  ...['', ' ', '0', '-1', '007', '1.50', '12.5', '1e3', '9007199254740993', '4294967296', 'Unknown', 'uNKNOWN', 'null'],
  ...[
    '2024-02-29T23:59:59.9999999Z',
    '2023-02-29T00:00:00Z',
    '2024-01-01T00:00:00',
    '2024-01-01',
    '2024-01-01T24:00:00Z',
  ],
  ...['2024-01-01T00:00:00.1Z', '2024-01-01T00:00:00.123456789Z', '2024-01-01T00:00:00+02:00', '0099-01-01T00:00:00Z'],
  ...['2024/07/03 16:59:35.0118188', '2024/07/03 16:59:35', '7/5/2022 12:32:21 PM', '1601/01/01 00:00:00.0000000'],
  ...['Tuesday, 19-Jun-14 22:58:10 GMT', '2024/13/03 16:59:35.0118188', '2024/07/03T16:59:35.0118188'],
  ...[uuid, uuid.toUpperCase(), `{${uuid}}`, uuid.slice(1), uuid.replace('-', ':'), `${uuid}0`],
  ...[
    '203.0.113.9',
    '203.0.113.9:0',
    '203.0.113.9:65535',
    '203.0.113.9:65536',
    '203.0.113.09',
    '203.0.113.256:1',
    '10.0.0.1:7',
  ],
  ...[
    '2001:db8::1',
    '[2001:db8::1]',
    '[2001:db8::1]:443',
    '[2001:db8::1]:',
    '::ffff:10.0.0.1',
    '[203.0.113.9]:80',
    '<Redacted>:1',
  ],
  ...['<REDACTED>', 'fe80::1%eth0', '[', '[]:1', ':', ':80', 'localhost:80', '52.239.1.1:9'],
  ...[hash, `key1(${hash})`, `key1(${hash}),SasSignature(${hash.toLowerCase()})`, `key1(${hash}),SasSignature(${hash}`],
  ...[
    `(${hash})`,
    `key1(${hash.slice(1)})`,
    `a,b(${hash})`,
    `key1(${hash}),SasSignature(${hash.replace('F', 'G')})`,
    `sig=x(${hash})`,
  ],
  ...[
    '"0x8DA1B2C3D4E5F60"',
    '0x8da1',
    '0x',
    '"0xFFFFFFFFFFFFFFFF"',
    '"0xFFFFFFFFFFFFFFFFF"',
    'W/"0x8DA1"',
    '0x0',
    '0x1"',
  ],
  ...[
    'AAECAwQFBgcICQoLDA0ODw==',
    'AAECAwQFBgcICQoLDA0ODx==',
    '//////////////////////w==',
    '/////////////////////w==',
    '000102030405060708090A0B0C0D0E0F',
  ],
  ...[
    '/acct/models/a.ckpt',
    '/acct',
    '/acct/',
    '/acct/models',
    '/ACCT/models/x',
    'models/x',
    '/',
    '//',
    '/acct/t(1)/x',
    '/acct/(1)',
  ],
  ...[
    '/acct/models/a b',
    '/acct/models/code=1/x',
    '/acct/sig=secret/x',
    '/acct/year=2024/x',
    'https://acct.blob.core.windows.net/c/x?sig=abc&sv=1',
  ],
  ...[
    'https://acct.blob.core.windows.net/models/a.ckpt',
    'https://acct.blob.core.windows.net:443/models/a.ckpt?',
    'http://h/p?q',
  ],
  ...[
    'https://acct.blob.core.windows.net/models/a%20b?sv=2020-02-10&sr=b&sp=r&sig=abc%3D&se=2030-01-01',
    'HTTPS://ACCT/',
    'https:/x',
  ],
  ...[
    'https://acct.blob.core.windows.net:443/models/a.ckpt?comp=block&blockid=MDAw&sv=1&ss=b&srt=o&sp=r&sig=XXXXX',
    'https://h#f/p?q',
  ],
  ...[
    'https://acct.blob.core.windows.net:443/models/a.ckpt?SIG=a%2Bb&sv=1&skoid=x&sp=r&amp;sr=b',
    'https://sig=1@h/p',
    '\\\\acct.file.core.windows.net\\share',
  ],
  ...[
    'https://acct.blob.core.windows.net:443/models/a.ckpt?a&&sv=1&sp=r&timeout=3&sr=c&sig&si=x&#38;',
    'https://h?sig=1/2',
    'https://?',
  ],
  ...[
    'GetBlob',
    'CopyBlobSource',
    'CopyFileSource',
    'PutBlock',
    'file',
    'table',
    'blob',
    'SAS',
    'OAuth',
    'TrustedAccess',
    'DelegationSas',
  ],
  ...[
    'Überblick 模型 🚀',
    '\u2028\u2029\u007f\u0085',
    '\ud800',
    'x\udfff',
    '\u0000',
    'tab\tquote"back\\slash/',
    'é'.repeat(40),
    'a'.repeat(31),
  ],
  ...[
    '?sig=secret',
    'a=b&signature=zzz;c',
    'x%3Fsig%3Dabc%26y',
    'sig%253Dq',
    'sig&#61;q&x',
    'sig\\u003dq',
    'code=XXXXX',
    'token=XXXXX&sig=',
    'sig=a b',
  ],
  ...[
    '%73ig=x',
    's%69g%3Dx',
    'x-amz-signature=1',
    'X-Goog-Signature%3D2',
    '{"sig":"a"}',
    'nosig=1',
    'a.sig=1',
    '-sig=1',
    '%26sig=1',
    '%3Asig=1',
  ],
  ...[
    0,
    -0,
    1,
    -1,
    12.5,
    0.1,
    1e-7,
    1e21,
    1e300,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 53 - 1,
    2 ** 53,
    -(2 ** 31),
    999999999999999,
    123456.789,
  ],
  ...[
    true,
    false,
    null,
    [],
    {},
    [1, 'two', null, { a: [] }],
    { a: 1, b: { sig: 'x', c: [true] } },
    [{ action: 'a/b', reason: 'x "y"' }],
  ],
];

const unknownNames = [
  'smbFileId',
  'x',
  'properties',
  'time',
  'records',
  '',
  '7',
  'a.b',
  'sig',
  'Token',
  'ünï',
  'e\u0301',
  'x=1',
  'sig=1',
  '__proto__',
  'rowId',
];

/** Every field there is, so that each column has a value in some record. */
const fullRecord: JsonObject = {
  ...structuredClone(plainRecord as unknown as JsonObject),
  identity: {
    ...(structuredClone(plainRecord.identity) as unknown as JsonObject),
    type: 'OAuth',
    requester: { objectId: uuid, tenantId: uuid, appId: uuid, upn: 'user@acct.example', audience: 'https://storage' },
    authorization: [{ action: 'Microsoft.Storage/read', result: 'Granted' }],
  },
  properties: {
    ...(structuredClone(plainRecord.properties) as unknown as JsonObject),
    requestBodySize: 12,
    contentLengthHeader: 12,
    requestMd5: 'AAECAwQFBgcICQoLDA0ODw==',
    responseMd5: 'AAECAwQFBgcICQoLDA0ODw==',
    conditionsUsed: 'If-Match="0x8DA1"',
    downloadRange: 'bytes=0-98',
    referrerHeader: 'https://portal.example/path?a=1&amp;b=2',
    sasExpiryStatus: 'Policy violated. Unexpected SAS expiry.',
  },
};

function oneOf<T>(prng: Prng, items: readonly T[]): T {
  return items[prng.int(0, items.length - 1)]!;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shuffled(object: JsonObject, prng: Prng): JsonObject {
  const entries = Object.entries(object);
  for (let i = entries.length - 1; i > 0; i--) {
    const j = prng.int(0, i);
    [entries[i], entries[j]] = [entries[j]!, entries[i]!];
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, isObject(value) ? shuffled(value, prng) : value]));
}

/** The object that holds the field of a path, if the record still has it. */
function holder(record: JsonObject, path: string): [JsonObject, string] | null {
  const names = path.split('.');
  let object: Json | undefined = record;
  for (const name of names.slice(0, -1)) object = isObject(object) ? object[name] : undefined;
  return isObject(object) ? [object, names.at(-1)!] : null;
}

const paths = [...fields.keys(), 'identity', 'properties', 'identity.requester'];
const parents = ['', 'properties.', 'identity.', 'identity.requester.'];

function changeValues(record: JsonObject, prng: Prng): void {
  const path = prng.chance(0.2) ? oneOf(prng, parents) + oneOf(prng, unknownNames) : oneOf(prng, paths);
  const place = holder(record, path);
  if (place === null) return;
  const [object, name] = place;
  if (prng.chance(0.1)) delete object[name];
  else object[name] = structuredClone(oneOf(prng, oddValues));
}

/** Spaces between tokens and characters as escapes: the same JSON, spelled otherwise. */
function respelled(text: string, prng: Prng): string {
  if (prng.chance(0.4))
    return text.replaceAll(/(?<=[[{,:])(?=["\d{[tfn])/g, () => oneOf(prng, ['', ' ', '\t', ' \r ']));
  if (prng.chance(0.4)) return text.replaceAll('/', '\\/');
  return text.replaceAll(/[A-Za-z:]/g, (c) =>
    prng.chance(0.02) ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c,
  );
}

function doubled(text: string, prng: Prng): string {
  const members = [...text.matchAll(/"[A-Za-z]+":(?:"[^"\\]*"|\d+)/g)];
  const member = members.length === 0 ? '"a":1' : oneOf(prng, members)[0];
  return text.replace(/,(?=")/, (comma) =>
    prng.chance(0.5) ? `,${member},` : `,${member.replace(/:.*/, ':null')}${comma}`,
  );
}

/** A byte changed, taken out, put in, or a stretch cut or moved. */
function damaged(bytes: Buffer, prng: Prng): Buffer {
  const at = prng.int(0, bytes.length - 1);
  const other = prng.int(0, bytes.length - 1);
  const [from, to] = [Math.min(at, other), Math.max(at, other)];
  const byte = Buffer.from([
    oneOf(prng, [0, 0x0a, 0x1f, 0x22, 0x2c, 0x5c, 0x7b, 0x7d, 0x80, 0xc0, 0xed, 0xff, prng.int(0, 255)]),
  ]);
  switch (prng.int(0, 4)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), byte, bytes.subarray(at + 1)]);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), byte, bytes.subarray(at)]);
    case 3:
      return bytes.subarray(0, at);
    default:
      return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  }
}

/** Makes log records that are odd in every way a record can be; the same seed makes the same ones. */
export class MutatedRecords {
  readonly #prng: Prng;
  readonly #bases: readonly string[];

  /** @param bases records to start from, as JSON, beside one that has every field. */
  constructor(seed: number, bases: readonly string[]) {
    this.#prng = new Prng(seed, 'mutated records');
    this.#bases = [JSON.stringify(fullRecord), JSON.stringify(plainRecord), ...bases];
  }

  /** One record, or what is left of one. @param damage share of records with damaged bytes. */
  next(damage: number): Buffer {
    const prng = this.#prng;
    const base = oneOf(prng, this.#bases);
    if (prng.chance(0.1)) return Buffer.from(base);
    let record = JSON.parse(base) as JsonObject;
    for (let changes = prng.int(0, 2); changes > 0; changes--) changeValues(record, prng);
    if (prng.chance(0.2)) record = shuffled(record, prng);
    let text = JSON.stringify(record);
    if (prng.chance(0.2)) text = respelled(text, prng);
    if (prng.chance(0.03)) text = doubled(text, prng);
    const bytes = Buffer.from(text);
    return prng.chance(damage) ? damaged(bytes, prng) : bytes;
  }
}
