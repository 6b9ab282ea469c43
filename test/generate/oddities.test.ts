import { expect, it } from 'vitest';
import { generate } from '../../src/generate/scenario.ts';

const options = { scenario: 'benign-day', rows: 1_000, seed: 5 };

it('keeps every odd record valid and its sizes as they are', () => {
  const plain = [...generate(options).records()].map((text) => JSON.parse(text));
  const odd = [...generate({ ...options, oddities: 1 }).records()];
  expect(odd.map((text) => JSON.parse(text).properties.responseBodySize)).toEqual(
    plain.map((record) => record.properties.responseBodySize),
  );
  for (const text of odd) expect(text).not.toContain('\n');
});

it('shows all the shapes it promises', () => {
  const texts = [...generate({ ...options, oddities: 1 }).records()];
  const marks = [
    '"statusCode":"Unknown"',
    '"unknownToday"',
    '2001:db8:77::1f',
    '<Redacted>',
    '\\u',
    '\\/',
    '%F0%9F%9A%80',
    '🚀',
    '&amp;',
  ];
  for (const mark of marks)
    expect(
      texts.some((text) => text.includes(mark)),
      mark,
    ).toBe(true);
  expect(texts.some((text) => !text.includes('"correlationId"'))).toBe(true);
  expect(texts.some((text) => !text.startsWith('{"time"') && !text.startsWith('{ "time"'))).toBe(true);
});

it('changes about the fraction asked for', () => {
  const plain = [...generate(options).records()];
  const some = [...generate({ ...options, oddities: 0.1 }).records()];
  const changed = some.filter((text, i) => text !== plain[i]).length;
  expect(changed).toBeGreaterThan(60);
  expect(changed).toBeLessThan(140);
});
