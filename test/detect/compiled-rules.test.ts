import { expect, it } from 'vitest';
import { compile, ruleOf } from '../../src/detect/compiled-rules.ts';
import { parseDetection } from '../../src/detect/detection.ts';
import { shippedTexts } from '../../src/detect/shipped.ts';

const texts = await shippedTexts();
const compiled = JSON.parse(JSON.stringify(compile(texts)));

it('are what reading their texts gives', () => {
  expect(texts.size).toBeGreaterThan(40);
  expect(Object.keys(compiled)).toHaveLength(texts.size);
  for (const [file, text] of texts) expect(ruleOf(file, text, compiled)).toStrictEqual(parseDetection(file, text));
});

it('are used for their very texts only, under whatever name', () => {
  const [[file, text] = ['', '']] = texts;
  const marked = Object.fromEntries(Object.entries(compiled).map(([hash]) => [hash, { title: 'compiled' }]));
  expect(ruleOf('other.sql', text, JSON.parse(JSON.stringify(marked)))).toEqual({
    title: 'compiled',
    file: 'other.sql',
  });
  expect(ruleOf(file, `${text}\n`, JSON.parse(JSON.stringify(marked)))).toEqual(parseDetection(file, text));
});
