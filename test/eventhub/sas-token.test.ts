import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { verifySasToken } from '../../src/eventhub/sas-token.ts';

const keys = { root: 'c2VjcmV0' };
const NOW = 1_700_000_000_000;

function token({
  audience = 'sb://127.0.0.1:5672/logs',
  key = keys.root,
  keyName = 'root',
  expiry = 1_700_000_060,
} = {}): string {
  const sr = encodeURIComponent(audience);
  const sig = encodeURIComponent(createHmac('sha256', key).update(`${sr}\n${expiry}`).digest('base64'));
  return `SharedAccessSignature sr=${sr}&sig=${sig}&se=${expiry}&skn=${keyName}`;
}

it('grants the path of a token signed with a key it knows, until its expiry', () => {
  expect(verifySasToken(token(), keys, NOW)).toEqual({ path: 'logs', expiresAtMs: 1_700_000_060_000 });
  expect(verifySasToken(token({ audience: 'sb://name/' }), keys, NOW)).toMatchObject({ path: '' });
});

it.each([
  ['a wrong key', token({ key: 'other' }), /^InvalidSignature/],
  ['an unknown key name', token({ keyName: 'other' }), /^InvalidSignature/],
  ['a key name that every object has', token({ keyName: 'constructor' }), /^InvalidSignature/],
  ['a changed audience', token().replace('logs', 'rest'), /^InvalidSignature/],
  ['a longer expiry', token().replace('se=17', 'se=27'), /^InvalidSignature/],
  ['an expired token', token({ expiry: 1_700_000_000 }), /^ExpiredToken/],
  ['an expiry that is no number', token({ expiry: Number.NaN }), /^ExpiredToken/],
  ['a missing field', token().replace(/&skn=.*/, ''), /^InvalidToken/],
  ['another kind of token', 'Bearer abc', /^InvalidToken/],
  ['broken escapes', 'SharedAccessSignature sr=%&sig=%&se=1&skn=root', /^InvalidSignature/],
])('refuses %s', (_, text, reason) => {
  expect(verifySasToken(text, keys, NOW)).toMatch(reason);
});

it('never repeats the signature', () => {
  const text = token({ key: 'other' });
  const signature = /sig=([^&]*)/.exec(text)?.[1] ?? '';
  const reason = verifySasToken(text, keys, NOW);
  expect(reason).not.toContain(signature);
  expect(reason).not.toContain(decodeURIComponent(signature));
});
