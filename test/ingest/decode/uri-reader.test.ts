import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cleanText } from '../../../src/ingest/decode/column-writer.ts';
import { UriReader } from '../../../src/ingest/decode/uri-reader.ts';

const piece = fc.constantFrom(
  'https://a',
  '/',
  '?',
  '&',
  'sig',
  '=',
  '%3d',
  '%',
  '\\u003d',
  '&#61;',
  'x',
  ' ',
  'XXXXX',
  '\ud800',
);

it('cleans a uri as any other text, though its query apart', () => {
  const reader = new UriReader();
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const uri = pieces.join('');
      const { text, parts } = reader.read(uri);
      expect(text).toBe(cleanText(uri));
      if (parts !== null) expect(parts.base + parts.path + (parts.query === null ? '' : `?${parts.query}`)).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

it('finds the SAS of a query, and none where there is none', () => {
  const reader = new UriReader();
  const { sas } = reader.read('https://a.blob.core.windows.net/c?sv=1&sr=c&sp=r&sig=secret');
  expect(sas?.set.kind).toBe('service');
  expect(sas?.fingerprint('a')).not.toBe(sas?.fingerprint('b'));
  expect(reader.read('https://a.blob.core.windows.net/c?comp=list').sas).toBeNull();
  expect(reader.read('https://a.blob.core.windows.net/c').sas).toBeNull();
});
