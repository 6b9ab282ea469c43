import { fields } from '../../../src/ingest/decode/field.ts';
import { filled, places } from './directed-places.ts';
import { plainRecord, recordWith } from './records.ts';

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
    ...['123456789012.98765432', '987654321098765.4321', '999999999999.999999999', '0.123456789012345'],
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

/** Every lead byte, continued in every way that is on an edge. */
function utf8Sequences(): Buffer[] {
  const edges = [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
  const sequences = Array.from({ length: 64 }, (_, i) => 0xc0 + i).flatMap((lead) => [
    ...edges.map((second) => [lead, second]),
    ...edges.flatMap((second) => [0x80, 0xbf, 0x41].map((third) => [lead, second, third])),
    ...edges.flatMap((second) => [0xbf, 0xc0].map((fourth) => [lead, second, 0x80, fourth])),
  ]);
  return [
    recordWith({}, { userAgentHeader: 'agent @@' }),
    recordWith({}, { clientRequestId: 'a@@z' }),
    recordWith({}, { unknown: '@@' }),
  ].flatMap((record) => sequences.map((bytes) => filled(record, Uint8Array.from(bytes))));
}

function numbersInEveryField(): Buffer[] {
  return [...fields.keys(), 'properties.unknown', 'unknown'].flatMap((path) => {
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
}

/** Texts of 0 to 80 bytes, plain and with other characters. */
function textsOfEveryLength(): Buffer[] {
  const texts = Array.from({ length: 81 }, (_, length) => [
    'x'.repeat(length),
    `${'y'.repeat(Math.max(0, length - 2))}ü`,
    `\\"${'z'.repeat(length)}`,
    `${'z'.repeat(length)}\\/`,
  ]).flat();
  return [
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
  ].flatMap((record) => texts.map((text) => filled(record, Buffer.from(text))));
}

/** Secrets in every wrapping and every text column. */
function wrappedSignatures(): Buffer[] {
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
  return [
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
  ].flatMap((record) => texts.map((text) => filled(record, Buffer.from(text))));
}

/** Texts of one length, one after another, that differ in one byte: the first, the last, or one between. */
function nearlyEqualTexts(): Buffer[] {
  const texts = [1, 2, 7, 15, 16, 17, 31, 32, 33].flatMap((length) =>
    [...new Set([0, length >> 1, length - 1])].flatMap((place) =>
      ['a', 'b', 'a', 'c'].map((byte) => `${'z'.repeat(place)}${byte}${'z'.repeat(length - place - 1)}`),
    ),
  );
  return [
    recordWith({}, { userAgentHeader: '@@' }),
    recordWith({}, { objectKey: '/acct/@@/b' }),
    recordWith({}, { unknown: '@@' }),
  ].flatMap((record) => texts.map((text) => filled(record, Buffer.from(text))));
}

/** Escapes of characters where UTF-8 gets longer, and of surrogates: paired, alone and the wrong way round. */
function escapedCharacters(): Buffer[] {
  const edges = ['0000', '001f', '0020', '007f', '0080', '00e9', '07ff', '0800', 'd7ff', 'e000', 'ffff'];
  const units = ['\\ud800', '\\uDBFF', '\\udc00', '\\uDFFF', '\\u0041', '\\ud8', 'x', '\\n', ''];
  const texts = [
    ...edges.map((code) => `\\u${code}`),
    ...units.flatMap((first) => units.flatMap((second) => units.map((third) => first + second + third))),
  ];
  return [
    recordWith({}, { userAgentHeader: '@@' }),
    recordWith({}, { clientRequestId: 'a@@z' }),
    recordWith({}, { unknown: '@@' }),
  ].flatMap((record) => texts.map((text) => filled(record, Buffer.from(text))));
}

/** Each member of the record twice: the same, and with null first or last. */
function doubledMembers(): Buffer[] {
  const record = recordWith({ unknown: 1 }, { unknown: 'x' });
  return [...record.matchAll(/"\w+":(?:"(?:[^"\\]|\\.)*"|\d+)/g)].flatMap(({ 0: member, index }) => {
    const empty = member.replace(/:.*/, ':null');
    const [head, tail] = [record.slice(0, index), record.slice(index + member.length)];
    return [`${member},${member}`, `${empty},${member}`, `${member},${empty}`].map((both) =>
      Buffer.from(head + both + tail),
    );
  });
}

/** Only what a record must have. */
const barest = (() => {
  const { time, category, operationName, properties } = plainRecord;
  const { accountName, serviceType } = properties;
  return JSON.stringify({ time, category, operationName, properties: { accountName, serviceType } });
})();

/** A batch of full rows and one of bare ones, each longer than what is compared at a time. */
function bareBehindFull(): Buffer[] {
  const full = recordWith({ statusCode: 404, unknown: 1 }, { requestMd5: 'AAECAwQFBgcICQoLDA0ODw==' });
  return [full, barest].flatMap((text) => Array<Buffer>(1_100).fill(Buffer.from(text)));
}

/** What is left of a record must not show in the next one, which has none of it. */
function bareBehindDamaged(): Buffer[] {
  const record = recordWith(
    { statusCode: 404, unknown: 1 },
    { requestMd5: 'AAECAwQFBgcICQoLDA0ODw==', downloadRange: 'bytes=0-9' },
  );
  const bare = recordWith({ identity: undefined, uri: undefined, statusCode: undefined }, { objectKey: undefined });
  const damaged = [
    `${record}x`,
    record.slice(0, -1),
    `${record.slice(0, -1)},}`,
    record.replace('"protocol"', 'protocol'),
  ];
  return [bare, barest].flatMap((next) => damaged.flatMap((text) => [Buffer.from(text), Buffer.from(next)]));
}

/** Known names with another last character, and with white space behind them. */
const nearlyKnown = [...fields.keys()].flatMap((path) => {
  const near = path.slice(path.lastIndexOf('.') + 1).replace(/.$/, '_');
  return [`"${near}":`, `"${near}" :`];
});

/** Names that mean something elsewhere, as members of every object. */
function unknownNames(): Buffer[] {
  const names = [
    'sig',
    'Sig',
    'token',
    'code',
    'signature',
    'x-amz-signature',
    'sigs',
    'a.sig',
    '7',
    '',
    'records',
    'a\\"b',
  ];
  const values = ['"v"', '""', '"XXXXX"', '1', 'null', '{"sig":"v"}', '["v"]'];
  return [
    recordWith({ '@@': 0 }),
    recordWith({}, { '@@': 0 }),
    recordWith({ identity: { '@@': 0 } }),
    recordWith({ identity: { requester: { '@@': 0 } } }),
  ].flatMap((record) =>
    [
      ...names.flatMap((name) => values.map((value) => `"${name}":${value}`)),
      ...nearlyKnown.flatMap((name) => ['"v"', '1'].map((value) => name + value)),
      ...['type', 'upn', 'uri', 'etag', 'operationCount'].map((name) => `"${name}":"5"`),
    ].map((member) => Buffer.from(record.replace('"@@":0', member))),
  );
}

/** Days around the ends of months, and what is no time of day. */
function datesAndTimes(): Buffer[] {
  const two = (n: number) => String(n).padStart(2, '0');
  const dates = [
    '0000',
    '0099',
    '0100',
    '1600',
    '1601',
    '1900',
    '1970',
    '2000',
    '2023',
    '2024',
    '2100',
    '9999',
  ].flatMap((year) =>
    Array.from({ length: 14 }, (_, month) =>
      [0, 1, 28, 29, 30, 31, 32].map((day) => `${year}-${two(month)}-${two(day)}`),
    ).flat(),
  );
  const clocks = ['00:00:00', '23:59:59', '24:00:00', '23:60:00', '23:59:60', '23:59', '2:10:44', '02:10:4'];
  const decimals = ['', '.', '.1', '.12', '.123456', '.1234567', '.12345678', '.123456789', '.1234567890', '.000000a'];
  const times = [
    ...dates.map((date) => `${date}T02:10:44.1234567Z`),
    ...clocks.flatMap((clock) => decimals.map((fraction) => `2022-03-11T${clock}${fraction}Z`)),
  ];
  const modified = times.map((time) => time.replace('Z', '').replace('T', ' ').replaceAll('-', '/'));
  return [
    ...times.map((time) => Buffer.from(recordWith({ time }))),
    ...modified.map((lastModifiedTime) => Buffer.from(recordWith({}, { lastModifiedTime }))),
  ];
}

/** Octets and ports up to and over their limits, and other shapes of addresses. */
function addresses(): Buffer[] {
  const octets = ['', '0', '00', '01', '9', '99', '100', '249', '255', '256', '260', '300', '999', '1000', '-1', '1a'];
  const ports = ['', '0', '1', '00080', '65535', '65536', '70000', '99999', '100000', '18446744073709551617', '8x'];
  const callers = [
    ...octets.flatMap((n) => [`${n}.0.2.1`, `192.${n}.2.1`, `192.0.${n}.1`, `192.0.2.${n}`, `192.0.2.${n}:80`]),
    ...ports.flatMap((port) => [`192.0.2.1:${port}`, `[2001:db8::1]:${port}`]),
    ...['192.0.2', '192.0.2.1.', '192.0.2.1.5', '192.0.2.255255', '255.255.255.255', '255.255.255.2550', '1.1.1.1'],
  ];
  return callers.map((callerIpAddress) => Buffer.from(recordWith({ callerIpAddress })));
}

/** Queries whose SAS is the same or nearly so, in two accounts. */
function queries(): Buffer[] {
  const grant = 'sv=2020-02-10&sr=c&sp=rl&se=2051-10-05T00%3A00%3A00Z&sig=XXXXX';
  const texts = [
    ...[
      grant,
      grant.toUpperCase(),
      grant.replaceAll('&', '&amp;'),
      grant.replaceAll('&', '&amp;amp;'),
      grant.split('&').toReversed().join('&'),
    ],
    ...['comp=block&blockid=MDAw', 'x', 'x=', '=x', '&', 'restype=container', 'sigs=1', 'spp=1', 'longname=1'].flatMap(
      (other) => [`${other}&${grant}`, `${grant}&${other}`, grant.replace('&sp', `&${other}&sp`), other],
    ),
    ...[
      'sp=rwdl',
      'SP=rwdl',
      's%70=rwdl',
      'amp;sp=rwdl',
      'si=policy',
      'sip=192.0.2.1',
      'skoid=a',
      'skdutid=b',
      'srt=sco',
      'tn=t',
    ].flatMap((other) => [`${other}&${grant}`, `${grant}&${other}`]),
    ...grant.split('&').map((part) => grant.replace(part, '')),
    ...['sp=r&sv=1', 'sp&sv=1', 'sv=1&sp=', 'sig=XXXXX', 'sv=1&si=x', 'sv=1&tn=t&sp=r', 'a=1?sp=r&sv=1'],
  ];
  return texts.flatMap((query) => withQuery(query));
}

/** Records with a query, in two accounts and with a uri in parts and in one piece. */
function withQuery(query: string, accounts: readonly string[] = ['acct', 'other']): Buffer[] {
  return accounts.flatMap((account) => [
    Buffer.from(
      recordWith(
        { uri: `https://${account}.blob.core.windows.net:443/models/a.ckpt?${query}` },
        { accountName: account, objectKey: `/${account}/models/a.ckpt` },
      ),
    ),
    Buffer.from(
      recordWith(
        { uri: `https://${account}.blob.core.windows.net/models/b?${query}` },
        { accountName: account, objectKey: `/${account}/models/a.ckpt` },
      ),
    ),
  ]);
}

const delegation = 'skoid=a-b&sktid=c-d&skt=2024-02-29T12%3A34%3A56Z&ske=2024-03-01T00%3A00%3A00Z&sks=b&skv=2021-12-02';
const everyKind = [
  'sv=2021-12-02&ss=bfqt&srt=sco&sp=rwdlacupx&st=2024-02-29T23%3A59%3A59Z&se=2051-10-05T00%3A00%3A00Z&spr=https%2Chttp&sig=XXXXX',
  `sv=2021-12-02&sr=d&sdd=2&sp=rl&${delegation}&saoid=e&suoid=f&scid=g&sip=192.0.2.1-192.0.2.9&ses=scope&sig=XXXXX`,
  'sv=2019-02-02&tn=people&sp=raud&spk=a&srk=b&epk=c&erk=d&se=2025-01-01T00:00:00Z&sig=XXXXX',
  'sv=2019-02-02&sr=c&si=partners&sig=XXXXX',
];

/** SAS of every kind, and one with another value of each parameter. */
function grants(): Buffer[] {
  const [account = ''] = everyKind;
  const times = [
    ...[
      '',
      '2051-10-05',
      '2051-10-05T00%3A00Z',
      '2051-10-05T00%3a00%3a00Z',
      '2051-10-05T00:00:00',
      '2051-10-05T24:00Z',
      '2051-10-05T00:00',
      '2051-10-05T00:00z',
      '2051-13-05',
      '2051-10-5',
      '2051-10-05Z',
      '2051-10-05T',
      '2051-02-29T00:00:00Z',
    ],
    ...[
      '24:00:00Z',
      '23:60:00Z',
      '23:59:60Z',
      '23:59:5:Z',
      '23:59:59z',
      '23:59:59Z ',
      '23:59:59+01:00',
      '23:59:59ZZ',
    ].map((clock) => `2051-10-05T${clock}`),
    ...['', '.', '.1', '.12', '.123456', '.1234567', '.12345678', '.999999999', '.1234567890', '.5x', '.5Z'].map(
      (decimals) => `2051-10-05T23:59:59${decimals}Z`,
    ),
    ...['0001', '0099', '0100', '1969', '1970', '2100', '9999'].map((year) => `${year}-03-01T00:00:00Z`),
    ...[
      '1970-01-01T00:00:05Z',
      '1970-01-01T00:01:39.999999Z',
      '1970-01-01T00:01:40Z',
      '1970-01-01T00:01:40.000001Z',
      '2051/10/05T00:00:00Z',
    ],
  ];
  const texts = [
    ...[
      '',
      'r',
      'rl',
      'lr',
      'rr',
      'xwvutsrqponmlkjihgfedcba',
      'r'.repeat(32),
      'lr'.repeat(17),
      'l%72',
      'é',
      'lé',
      'r=l',
    ],
    ...Array.from({ length: 95 }, (_, code) => `a%${(code + 32).toString(16)}b`),
    ...[
      '%0A',
      '%7F',
      '%C3%A9',
      '%C3',
      '%',
      '%2',
      '%2g',
      '%g2',
      'a%20b%2C',
      '%2525',
      'a=b',
      'a\\b',
      '\\u0073ig=x',
      'a;b#c',
      'sig%26#61;x',
    ],
    ...['模型', 'x'.repeat(15), 'x'.repeat(16), 'x'.repeat(17), `${'x'.repeat(63)}%20`, 'x'.repeat(4200), 'x%0Ay=z'],
  ];
  const names = ['st', 'se', 'skt', 'ske', 'sp', 'si', 'sig', 'sv', 'epk', 'tn'];
  const changed = names.flatMap((name) =>
    [...(/^s(t|e|kt|ke)$/.test(name) ? times : texts)].map((value) => `${name}=${value}&${account}&${delegation}`),
  );
  const odd = [
    ...['timeout=3&', 'comp=block&amp;', ''].flatMap((first) => [
      `${first}amp;${account}`,
      `${first}${account.replaceAll('&', '&amp;')}`,
      `${first}s\u212aoid=x&${account}`,
      `${first}${account}&sp=w&SE=2030-01-01`,
      `${first}${account}&sp=w`,
    ]),
    ...['saoi', 'saoids', 's', '\u0000sp', 'sp\u0000', '', 'a=', 'toolong='].map((name) => `${name}=1&${account}`),
    ...account.split('&').map((_, at, parts) => parts.toSpliced(at, 1).join('&')),
    ...Array.from({ length: 64 }, (_, length) => `sv=1&si=${'x'.repeat(length)}&sig=XXXXX`),
  ];
  const plain = [...everyKind, ...changed, ...odd].flatMap((query) => withQuery(query, ['acct']));
  const accounts = ['ACCT', 'Acct[]@`{', 'konto-é', 'a'.repeat(255), 'a'.repeat(256), 'A'.repeat(257)];
  return [...plain, ...everyKind.flatMap((query) => withQuery(query, accounts))];
}

function everyByteIn(text: string): Buffer[] {
  return Array.from({ length: 256 }, (_, byte) => filled(text, Uint8Array.of(byte)));
}

/** Records that stand on the edges of what a scanner has to tell apart, by what they are about. */
const keysBesideUris = [
  ...[
    '/acct/models/a.ckpt',
    '/acct/a%20b',
    '/acct/a b',
    '/acct/dt=1/b',
    '/acct/token=abc',
    '/acct/a&sig=abc',
    '/acct/a?b',
  ],
  ...[
    '/acct/a#b',
    '/acct/$web/b',
    '/acct/\u00e9',
    '/acct/a\\b',
    '/acct',
    '/acct/',
    '/acctx/b',
    '/acbt/models/a.ckpt',
    'b',
    '',
  ],
  `/acct/${'long/'.repeat(9)}`,
];

function uriFirst(record: string): string {
  const { uri, ...rest } = JSON.parse(record);
  return JSON.stringify({ uri, ...rest });
}

const uriEscaped = (record: string) => record.replace(/"uri":"[^"]*/, (uri) => uri.replaceAll('/', '\\/'));

/** Uris that follow from the object key or nearly do, before and behind it, among records whose uri does. */
function urisBesideKeys(): Buffer[] {
  const hosts = ['https://acct.blob.core.windows.net:443', 'https://acct.blob.core.windows.net:444', 'http://acct', ''];
  const queries = [
    '',
    '?',
    '?sv=1&sp=r&sig=XXXXX',
    '?sv=1&sig=abc',
    '?a?b=#c',
    '?a"b',
    '?a\\b',
    '?\u00e9',
    '#a',
    '/',
    '?a=/',
  ];
  const pathsOf = (key: string) => {
    const path = key.replace(/^\/ac[bc]t/, '');
    return [path, path.slice(0, -1), `${path}x`, `${path.slice(0, -1)}x`, path.replace('/', '//')];
  };
  const records = keysBesideUris.flatMap((objectKey) =>
    hosts.flatMap((host) =>
      pathsOf(objectKey).flatMap((path) =>
        queries.map((query) => recordWith({ uri: `${host}${path}${query}` }, { objectKey })),
      ),
    ),
  );
  const all = records.flatMap((record, index) => {
    const moved = index % 3 === 0 ? record : uriFirst(record);
    const written = index % 3 === 2 ? uriEscaped(moved) : moved;
    return index % 8 === 0 ? [recordWith({}), written] : [written];
  });
  // Unescaped, the second ends where the rest of the first still stands in the scanner's memory.
  const objectKey = '/acct/models/sixteen-letters-and-more';
  const leftOver = ['sixteen-letters-and-more?sp=r', 'sixteen-letters-'].map((name) =>
    uriEscaped(recordWith({ uri: `https://acct.blob.core.windows.net:443/models/${name}` }, { objectKey })),
  );
  const others = [recordWith({}, { accountName: 'other' }), recordWith({}, { accountName: undefined })];
  return [...all, recordWith({}), ...leftOver, ...others].map((record) => Buffer.from(record));
}

export const directedRecords: ReadonlyMap<string, () => Buffer[]> = new Map([
  ...Object.entries(places).map(([place, text]) => [`every byte in ${place}`, () => everyByteIn(text)] as const),
  ['sequences of UTF-8', utf8Sequences],
  ['escaped characters', escapedCharacters],
  ['bare records behind damaged ones', bareBehindDamaged],
  ['bare records in place of full ones', bareBehindFull],
  ['numbers in every field', numbersInEveryField],
  ['dates and times', datesAndTimes],
  ['addresses', addresses],
  ['texts of every length', textsOfEveryLength],
  ['texts that are nearly equal', nearlyEqualTexts],
  ['wrapped signatures', wrappedSignatures],
  ['doubled members', doubledMembers],
  ['unknown names', unknownNames],
  ['uris beside object keys', urisBesideKeys],
  ['queries', queries],
  ['grants', grants],
]);
