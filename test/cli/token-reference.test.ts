import { describe, expect, it } from 'vitest';
import { parseTokenReference } from '../../src/cli/token-reference.ts';

const hash = '4FA34A6085B7231B810346E7EDC21B9BAC6EAF60C023143B945687F775A27E37';
const signature = 'awHDRNvlgnvsPnEfneux4M9L%2BYR4RhsUDIE%2FuHP4hZE%3D';
const url = (sig: string) => `https://acct.blob.core.windows.net/c/b?sv=2021-06-08&sr=c&sp=r&se=2030-01-01&sig=${sig}`;

describe('parseTokenReference', () => {
  it('hashes the signature of a URL, however it is encoded', () => {
    const forms = [url(signature), `"${url(signature)}`, `?sp=r&sig=${signature}`, url(decodeURIComponent(signature))];
    for (const form of forms) expect(parseTokenReference(form).digits).toBe(hash.slice(0, 32));
  });

  it('takes a hash in any case, whole or its beginning', () => {
    expect(parseTokenReference(hash.toLowerCase()).digits).toBe(hash.slice(0, 32));
    expect(parseTokenReference(hash.slice(0, 8)).digits).toBe(hash.slice(0, 8));
  });

  it('knows a URL out of a log by its parameters, the same as the whole URL', () => {
    const redacted = parseTokenReference(url('XXXXX'));
    expect(redacted.digits).toBeNull();
    expect(redacted.fingerprint).toBe(parseTokenReference(url(signature)).fingerprint);
    expect(redacted.fingerprint).not.toBeNull();
  });

  it.each(['', 'abc', 'x'.repeat(64), `${hash}0`, 'https://acct.blob.core.windows.net/c/b'])(
    'refuses %j without repeating it',
    (text) => {
      expect(() => parseTokenReference(text)).toThrow('This names no token');
    },
  );
});
