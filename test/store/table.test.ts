import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Dictionary } from '../../src/core/batch.ts';
import { textsOf } from '../../src/store/table.ts';

/** @param before bytes in front of the first entry, which belong to none. */
function dictionaryOf(entries: readonly (string | Uint8Array)[], before = 0): Dictionary {
  const parts = entries.map((entry) => Buffer.from(entry));
  const offsets = new Int32Array(entries.length + 1);
  offsets[0] = before;
  for (const [index, { length }] of parts.entries()) offsets[index + 1] = offsets[index]! + length;
  const bytes = new Uint8Array(Buffer.concat([new Uint8Array(before).fill(0xff), ...parts, Buffer.of(0xff)]));
  return { length: entries.length, offsets, bytes };
}

const entry = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', '\ufeffa', '\u0000', '𝄞'));

it('reads the entries of a dictionary, ASCII or not', () => {
  fc.assert(
    fc.property(fc.array(entry), fc.nat({ max: 3 }), (entries, before) => {
      expect(textsOf(dictionaryOf(entries, before))).toEqual(entries);
    }),
  );
});

it('refuses a dictionary whose bytes are no text, or only together', () => {
  expect(() => textsOf(dictionaryOf(['a', Buffer.of(0xc3)]))).toThrow(TypeError);
  expect(() => textsOf(dictionaryOf([Buffer.of(0xc3), Buffer.of(0xa9)]))).toThrow(TypeError);
});
