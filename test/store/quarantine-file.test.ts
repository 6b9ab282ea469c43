import { expect, it } from 'vitest';
import { quarantineLines } from '../../src/store/quarantine-file.ts';

const signature = 'awHDRNvlgnvsPnEfneux4M9L%2BYR4RhsUDIE%2FuHP4hZE%3D';

function kept(text: string | Uint8Array): string {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const place = { source: 'file', partition: 'a.json#0', offset: 0n, start: 0, end: bytes.length };
  return quarantineLines([{ ...place, reason: 'not JSON', bytes }]);
}

it.each([
  ['a whole URL', `{"uri":"https://a.blob.core.windows.net/c?sv=2021&sig=${signature}"`],
  [
    'an escaped ampersand that nobody parsed',
    `{"uri":"https://a.blob.core.windows.net/c?sv=2021\\u0026sig=${signature}"`,
  ],
  ['a record that begins inside the signature', `${signature.slice(9)}","protocol":"HTTPS"}`],
  ['a record that ends inside the signature', `{"uri":"https://a/c?sv=2021\\u0026sig=${signature.slice(0, 30)}`],
])('keeps no signature of %s', (_, text) => {
  const line = kept(text);
  for (let at = 0; at + 16 <= signature.length; at += 4) expect(line).not.toContain(signature.slice(at, at + 16));
  expect(JSON.parse(line)).toMatchObject({ partition: 'a.json#0', length: Buffer.byteLength(text) });
});

it('keeps what is no text as base64, with its place', () => {
  const bytes = Uint8Array.of(0xff, 0x00, 0xfe);
  expect(JSON.parse(kept(bytes))).toMatchObject({ base64: '/wD+', start: 0, end: 3, reason: 'not JSON' });
});
