import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bodies } from '../../src/generate/bodies.ts';

it('packs every record in order into bodies within the limit', () => {
  const record = fc
    .record({ name: fc.string({ unit: 'grapheme', maxLength: 30 }) })
    .map((value) => JSON.stringify(value));
  fc.assert(
    fc.property(fc.array(record, { maxLength: 40 }), fc.integer({ min: 1_000, max: 3_000 }), (records, bytesMax) => {
      const packed = [...bodies(records, bytesMax)];
      expect(packed.flatMap((body) => JSON.parse(body).records)).toEqual(records.map((text) => JSON.parse(text)));
      for (const body of packed) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(bytesMax);
    }),
  );
});

it('fills bodies to the last byte', () => {
  const envelope = '{"records":[]}'.length;
  expect([...bodies(['{}', '{}', '{}'], envelope + 5)]).toEqual(['{"records":[{},{}]}', '{"records":[{}]}']);
});

it('refuses a record that fits no body', () => {
  expect(() => [...bodies(['{"a":1}'], 20)]).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});
