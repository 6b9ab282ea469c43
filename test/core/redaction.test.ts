import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, signatureMark } from '../../src/core/redaction.ts';

const signature = 'awHDRNvlgnvsPnEfneux4M9L%2BYR4RhsUDIE%2FuHP4hZE%3D';
const plain = decodeURIComponent(signature);

describe('redact', () => {
  it.each([
    ['first parameter', `sig=${signature}`, 'sig=XXXXX'],
    ['last parameter', `sv=1&se=2&sig=${signature}`, 'sv=1&se=2&sig=XXXXX'],
    ['in the middle of a url', `https://a.blob/c?sig=${signature}&sp=r`, 'https://a.blob/c?sig=XXXXX&sp=r'],
    ['unencoded base64', `?sp=r&sig=${plain}&sv=1`, '?sp=r&sig=XXXXX&sv=1'],
    ['upper case', `?SIG=${signature}&sv=1`, '?SIG=XXXXX&sv=1'],
    ['html entity before it', `?sv=1&amp;sig=${signature}&amp;sp=r`, '?sv=1&amp;sig=XXXXX&amp;sp=r'],
    [
      'percent-encoded url inside a value',
      '?u=a%3Fsv%3D1%26sig%3Dab%252Bcd%26sp%3Dr&x=1',
      '?u=a%3Fsv%3D1%26sig%3DXXXXX%26sp%3Dr&x=1',
    ],
    [
      'twice encoded',
      '?u=a%253Fsv%253D1%2526sig%253Dab%25252Bcd%2526sp&x',
      '?u=a%253Fsv%253D1%2526sig%253DXXXXX%2526sp&x',
    ],
    ['three times encoded', '%252526sig%25253Dabc%252526se', '%252526sig%25253DXXXXX%252526se'],
    ['percent-encoded letters in the name', '?s%69g=abc&%73%69%67=def', '?s%69g=XXXXX&%73%69%67=XXXXX'],
    ['double-encoded letters in the name', '?s%2569g=abc', '?s%2569g=XXXXX'],
    ['numeric entities', 'a&#38;sig&#61;ab&#43;cd&#x3d;&amp;x', 'a&#38;sig&#61;XXXXX&amp;x'],
    ['escaped json inside text', '\\u0026sig\\u003dab\\u002bcd\\u0026se', '\\u0026sig\\u003dXXXXX\\u0026se'],
    ['aws', '?X-Amz-Signature=0f&X-Amz-Date=1', '?X-Amz-Signature=XXXXX&X-Amz-Date=1'],
    ['google', '?X-Goog-Signature=0f', '?X-Goog-Signature=XXXXX'],
    ['function key and token', '?code=abc;token=def', '?code=XXXXX;token=XXXXX'],
    ['quoted', 'GET "sig=abc" done', 'GET "sig=XXXXX" done'],
    ['in quotes', `sig="${plain}" sig='${plain}'`, `sig="XXXXX" sig='XXXXX'`],
    ['in quotes within json', `{\\"x\\":\\"?sig=\\\\\\"${plain}\\\\\\"\\"}`, '{\\"x\\":\\"?sig=\\\\\\"XXXXX"\\"}'],
    ['in a fragment', 'https://a/#token=abc', 'https://a/#token=XXXXX'],
    ['plus that became a space', `?sig=${plain.replaceAll('+', ' ')}&x=1`, '?sig=XXXXX&x=1'],
    ['words after a value', 'sig=abc was refused', 'sig=XXXXX was refused'],
    ['several', 'sig=a&sig=b sig=c', 'sig=XXXXX&sig=XXXXX sig=XXXXX'],
  ])('removes a signature: %s', (_, text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    '?sv=1&sig=XXXXX&sp=r',
    '?sig=&sp=r',
    'sig="XXXXX"',
    "sig=''",
    '?sig',
    '?design=abc&nextcode=1&mysig=2',
    '/account/country/code=US/part-0.parquet',
    '100%',
    'a=b',
    'AzCopy/10.13.0 (go1.16; Windows_NT)',
    '',
  ])('leaves %j as it is', (text) => {
    expect(redact(text)).toBe(text);
  });

  const piece = fc.oneof(
    fc.constantFrom(
      'sig',
      'SIG',
      's%69g',
      '=',
      '%3D',
      '%253d',
      '&',
      '%26',
      '%2526',
      '&amp;',
      ';',
      '?',
      '%3F',
      ' ',
      '"',
      "'",
      '\\',
    ),
    fc.constantFrom('XXXXX', '%', '%2', '%25', '\\u0026', '&#38;', '&#61;', '#', '/', 'signature', 'token', '<', '\n'),
    fc.string({ maxLength: 6, unit: 'binary' }),
  );
  const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));

  /** The same rule, written from the definition: unwrap characters first, then split into parameters. */
  function naive(input: string): string {
    const wrapped = /%(?:25)*[0-9a-f]{2}|&#(?:x[0-9a-f]{1,7}|\d{1,8});|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|[\s\S]/giy;
    const characters = [...input.matchAll(wrapped)].map(([raw]) => {
      if (raw.length === 1) return { raw, character: raw };
      const hex = /^%|^\\/.test(raw) ? raw.replace(/^(%(25)*(?=[0-9a-f]{2}$)|\\[ux])/i, '') : raw.slice(3, -1);
      const code = /^&#\d/.test(raw) ? Number(raw.slice(2, -1)) : Number.parseInt(hex, 16);
      return { raw, character: String.fromCodePoint(Math.min(code, 0x10ffff)) };
    });
    let out = '';
    let name = '';
    for (let i = 0; i < characters.length; ) {
      const { raw, character } = characters[i]!;
      i += 1;
      out += raw;
      if (character === '=' && /^(sig|signature|x-(amz|goog)-signature|code|token)$/i.test(name)) {
        let quote = i;
        while (characters[quote]?.raw === '\\') quote += 1;
        if (/^["']$/.test(characters[quote]?.raw ?? '')) {
          for (; i <= quote; i += 1) out += characters[i]!.raw;
        }
        let end = i;
        const ends = ({ raw, character }: { raw: string; character: string }): boolean =>
          character === '&' || (raw.length === 1 && /[\0-\x20\x7f"'#;<>\x85\xa0\u2028\u2029]/.test(raw));
        while (end < characters.length && !ends(characters[end]!)) end += 1;
        const join = (to: number): string =>
          characters
            .slice(i, to)
            .map((c) => c.raw)
            .join('');
        const shifted = characters
          .slice(i, i + 44)
          .map((c) => c.character)
          .join('');
        if (join(end) !== 'XXXXX' && /^[A-Za-z0-9+/= ]{43}=$/.test(shifted)) end = Math.max(end, i + 44);
        out += end > i ? 'XXXXX' : '';
        i = end;
        name = '';
      } else {
        name = /[\w\-./]/.test(character) ? name + character : '';
      }
    }
    return out;
  }

  it('agrees with the naive tokenizer on any text', () => {
    fc.assert(
      fc.property(text, (input) => {
        expect(redact(input)).toBe(naive(input));
      }),
      { numRuns: 3000 },
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(text, (input) => {
        const once = redact(input);
        expect(redact(once)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });

  const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64'));
  const encodings = fc.constantFrom(
    (s: string) => s,
    encodeURIComponent,
    (s: string) => encodeURIComponent(encodeURIComponent(s)),
    (s: string) => s.replaceAll('&', '&amp;'),
    (s: string) => [...s].map((c) => `%${c.charCodeAt(0).toString(16)}`).join(''),
    (s: string) => JSON.stringify(s).replaceAll('&', '\\u0026').replaceAll('+', '\\u002b'),
  );

  it('never leaves a signature, wherever a url is and however it is encoded', () => {
    fc.assert(
      fc.property(key, encodings, fc.string(), fc.string(), (secret, encode, before, after) => {
        const url = `https://a.blob.core.windows.net/c/b?sv=2020-01-01&sig=${encodeURIComponent(secret)}&sp=r`;
        const result = redact(`${before} ${encode(url)} ${after}`);
        expect(result).toContain(signatureMark);
        let decoded = result;
        for (let i = 0; i < 4; i++) {
          decoded = decoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
            String.fromCharCode(Number.parseInt(hex, 16)),
          );
        }
        expect(decoded).not.toContain(secret.slice(1, 12));
      }),
    );
  });

  it('reads a long hostile text once', () => {
    const hostile = `${'%25'.repeat(200_000)}${'sig=&#'.repeat(100_000)}`;
    expect(redact(hostile).length).toBeGreaterThan(0);
  });
});
