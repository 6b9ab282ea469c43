import { Prng } from '../../../src/generate/prng.ts';
import { filled } from './directed-places.ts';

/** Fields of a line of version 1.0, as storage writes them. */
const fields = [
  ...['1.0', '2022-03-11T02:10:44.1234567Z', 'GetBlob', 'SASSuccess', '200', '12', '7', 'sas', '', 'acct', 'blob'],
  '"https://acct.blob.core.windows.net:443/models/a%20b;c?sv=2020-02-10&amp;sr=c&amp;sp=rl&amp;se=2026-01-01&amp;sig=secret"',
  ...['"/acct/models/a b;c"', '6f1f5b8e-001e-0042-7d2a-35f0a8000000', '0', '203.0.113.9:51234', '2020-04-08', '480'],
  ...['0', '290', '4096', '0', '"AAECAwQFBgcICQoLDA0ODw=="', '', '"&quot;0x8DA1B2C3D4E5F60&quot;"'],
  ...['Tuesday, 19-Jun-14 22:58:10 GMT', '"If-Match=&quot;0x8D&quot;"', '"tool/1.0 (a; b)"'],
  ...['"https://portal.example/?a=1&amp;x=1"', '"0d2f0b0a-1c5e-4f4e-9a4d-6a7b8c9d0e1f"'],
];
const caller = ['oid', 'tid', 'app', '"https://storage.azure.com/"', '"https://sts.example/t/"', 'u@acct.example', ''];
const detail = '[{"action":"Microsoft.Storage/read;x","result":"Granted"}]';
const oauth = ['2.0', ...fields.slice(1, 7), 'bearer', ...fields.slice(8), ...caller, detail];

function lineWith(index: number, value: string, base: readonly string[] = fields): string {
  return base.with(index, value).join(';');
}

const values = [
  ...['', '""', '"', '"""', '"a"b"', 'a"b', '"a;b"', 'a;b', ' ', '" "', '"a" ', ' "a"', '0', '-1', '1.5', 'Unknown'],
  ...[
    '&amp;',
    '"&amp;"',
    '&amp',
    '&',
    '&&',
    'a&b=1;c',
    '&lt;&gt;&apos;',
    '"&quot;x&quot;"',
    '&quot;',
    '&nbsp;',
    '&#59;',
  ],
  ...['&#x3B;', '&#0;', '&#128640;', '&bogus;', '&a1;', '&1a;', `&${'a'.repeat(32)};`, `&${'a'.repeat(33)};`],
  ...[
    '&constructor;',
    '&toString;',
    '&amp;quot;',
    '&AMP;',
    '\\',
    '"\\"',
    '\\n',
    '"\\u0041"',
    'Ü',
    '"模型 🚀"',
    '\u0085',
    '\u007f',
  ],
  ...[
    '[]',
    '{}',
    '"[]"',
    detail,
    `"${detail}"`,
    `"${detail.replaceAll('"', '&quot;')}"`,
    `${detail} `,
    `${detail}x`,
    '[1,"a&b"]',
    '["a&amp;b"]',
  ],
  ...[
    '[{"sig":"secret"}]',
    '[1',
    '[1]]',
    'null',
    'not; json',
    '"https://h/?sig=secret"',
    '"https://h/?sig=secret&amp;a=1"',
  ],
  ...[
    '"%3Fsig%3Dsecret"',
    'HTTP://h/p',
    'https:',
    'Thursday, 29-Feb-24 23:59:59 GMT',
    'Thursday, 29-Feb-23 00:00:00 GMT',
  ],
  ...['Tue, 19 Jun 2014 22:58:10 GMT', 'tuesday, 19-Jun-14 22:58:10 GMT', 'Tuesday, 19-Jun-70 22:58:10 GMT'],
  ...['T, 19-Jun-14 22:58:10 GMT', 'Tuesday, 19-jun-14 22:58:10 GMT', 'Tuesday, 19-Jun-14 22:58:60 GMT'],
  ...['Tuesday, 19-Jun-14 24:58:10 GMT', 'Tuesday, 19-Jun-14 22:58:10 CET', 'Tuesday, 00-Jun-14 22:58:10 GMT'],
  ...[
    '7/5/2022 12:32:21 PM',
    '2022/03/10 16:59:35.0118188',
    '1601/01/01 00:00:00',
    'CopyBlobSource',
    'DeleteBlob',
    'NewThing',
  ],
];

/** Every odd value in every field of both versions. */
function oddFields(): Buffer[] {
  return [fields, oauth].flatMap((base) =>
    base.flatMap((_, index) => values.map((value) => Buffer.from(lineWith(index, value, base)))),
  );
}

/** Every byte at the places where lines are taken apart. */
function everyByteInLines(): Buffer[] {
  const line = fields.join(';');
  const places = [
    ...[lineWith(2, 'Get@@Blob'), lineWith(2, '@@GetBlob'), lineWith(2, 'GetBlob@@'), lineWith(27, '"to@@ol"')],
    ...[
      lineWith(27, '"tool@@"'),
      lineWith(27, '"tool@@'),
      lineWith(27, '"tool"@@'),
      lineWith(27, '@@"tool"'),
      lineWith(27, '"a&@@amp;b"'),
    ],
    ...[lineWith(27, 'a&am@@;b'), lineWith(27, '"a&amp@@b"'), lineWith(25, 'Tuesday, 19-Jun-1@@ 22:58:10 GMT')],
    ...[lineWith(25, 'Tuesday, 19@@Jun-14 22:58:10 GMT'), lineWith(25, 'Tuesda@@, 19-Jun-14 22:58:10 GMT')],
    ...[lineWith(25, 'Tuesday, 19-J@@n-14 22:58:10 GMT'), lineWith(29, 'request@@'), lineWith(29, '"request"@@')],
    ...[lineWith(29, '@@request'), `${line}@@`, `@@${line}`, `1@@0${line.slice(3)}`, `1.0@@${line.slice(4)}`],
    ...[lineWith(37, `${detail}@@`, oauth), lineWith(37, `@@${detail}`, oauth), lineWith(37, `"${detail}@@"`, oauth)],
    ...[lineWith(37, '[{"action":"a@@b"}]', oauth), lineWith(36, '@@', oauth), lineWith(33, '"a@@b"', oauth)],
    ...[lineWith(11, '"http@@://acct.blob.core.windows.net/a"'), lineWith(11, 'http@@//acct.blob.core.windows.net/a')],
  ];
  return places.flatMap((text) => Array.from({ length: 256 }, (_, byte) => filled(text, Uint8Array.of(byte))));
}

/** Days and clocks around what there is, in the form of `$logs`. */
function mailDates(): Buffer[] {
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec', 'jan', 'Foo'];
  const two = (n: number) => String(n).padStart(2, '0');
  const dates = months.flatMap((month) =>
    [0, 1, 28, 29, 30, 31, 32].flatMap((day) =>
      ['00', '23', '24', '69', '70', '99'].map((year) => `Friday, ${two(day)}-${month}-${year} 01:02:03 GMT`),
    ),
  );
  const clocks = ['00:00:00', '23:59:59', '24:00:00', '00:60:00', '00:00:60', '0:00:00', '00:00:0x', '00:00:00.5'];
  return [...dates, ...clocks.map((clock) => `Fri, 01-Jan-21 ${clock} GMT`)].map((date) =>
    Buffer.from(lineWith(25, date)),
  );
}

/** Lines that stand on the edges of what a scanner has to tell apart, by what they are about. */
export const directedLines: ReadonlyMap<string, () => Buffer[]> = new Map([
  ['odd values in every field', oddFields],
  ['every byte where lines are taken apart', everyByteInLines],
  ['dates in words', mailDates],
]);

/** Lines that are odd in several fields at once, or damaged; the same seed makes the same ones. */
export class MutatedLines {
  readonly #prng: Prng;
  readonly #bases: readonly string[];

  constructor(seed: number, bases: readonly string[]) {
    this.#prng = new Prng(seed, 'mutated lines');
    this.#bases = [fields.join(';'), oauth.join(';'), ...bases];
  }

  next(): Buffer {
    const prng = this.#prng;
    const parts = this.#bases[prng.int(0, this.#bases.length - 1)]!.split(';');
    for (let changes = prng.int(0, 2); changes > 0; changes--) {
      parts[prng.int(0, parts.length - 1)] = values[prng.int(0, values.length - 1)]!;
    }
    const line = Buffer.from(parts.join(';') + (prng.chance(0.2) ? '\r' : ''));
    if (prng.chance(0.05)) return line.subarray(0, prng.int(0, line.length));
    if (prng.chance(0.1)) line[prng.int(0, line.length - 1)] = prng.int(0, 255);
    return line;
  }
}
