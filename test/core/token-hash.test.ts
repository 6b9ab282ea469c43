import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashToken, parseTokenHash, signatureHash } from '../../src/core/token-hash.ts';

const keyBase64 = Buffer.from(Array.from({ length: 64 }, (_, i) => i)).toString('base64');
const h1 = 'FDEAB9ACF3710362BD2658CDC9A29E8F9C757FCF9811603A8C447CD1D9151108';
const h2 = '4FA34A6085B7231B810346E7EDC21B9BAC6EAF60C023143B945687F775A27E37';

describe('signatureHash', () => {
  it.each([
    ['percent-encoded, as in a url', 'awHDRNvlgnvsPnEfneux4M9L%2BYR4RhsUDIE%2FuHP4hZE%3D'],
    ['decoded, as pasted', 'awHDRNvlgnvsPnEfneux4M9L+YR4RhsUDIE/uHP4hZE='],
    ['lower-case escapes', 'awHDRNvlgnvsPnEfneux4M9L%2bYR4RhsUDIE%2fuHP4hZE%3d'],
    ['encoded twice', 'awHDRNvlgnvsPnEfneux4M9L%252BYR4RhsUDIE%252FuHP4hZE%253D'],
    ['its plus turned into a space', 'awHDRNvlgnvsPnEfneux4M9L YR4RhsUDIE/uHP4hZE='],
  ])('hashes the base64 text of a signature that is %s', (_, sig) => {
    expect(signatureHash(sig)).toBe(h2);
  });
});

describe('parseTokenHash', () => {
  it('reads the key, whose hash is that of its decoded bytes, and the signature', () => {
    expect(createHash('sha256').update(Buffer.from(keyBase64, 'base64')).digest('hex').toUpperCase()).toBe(h1);
    expect(parseTokenHash(`key1(${h1}),SasSignature(${h2})`)).toEqual({
      keyName: 'key1',
      keyHash: h1,
      signatureHash: h2,
    });
  });

  it.each(['key2', 'kerb1', 'system-1', 'system-delegation'])('reads %s without a signature', (keyName) => {
    expect(parseTokenHash(`${keyName}(${h1})`)).toEqual({ keyName, keyHash: h1, signatureHash: null });
  });

  it.each(['', h1, 'key1(0)', 'key1(XXX),SasSignature(XXX)', `key1(${h1}),SasSignature(0)`, `key1(${h1})x`, `(${h1})`])(
    'leaves %j to be kept as text',
    (text) => {
      expect(parseTokenHash(text)).toBeNull();
    },
  );
});

describe('hashToken', () => {
  it('keeps the first 64 and 128 bits, most significant first', () => {
    const { token, tokenHash } = hashToken(h2);
    expect(token).toBe(0x4fa34a6085b7231bn);
    expect(Buffer.from(tokenHash).toString('hex').toUpperCase()).toBe(h2.slice(0, 32));
  });
});
