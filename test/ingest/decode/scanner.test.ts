import { expect, it } from 'vitest';
import { bodies } from '../../../src/generate/bodies.ts';
import { generate } from '../../../src/generate/scenario.ts';
import { Twins } from './scanner-twin.ts';

const records = [...generate({ scenario: 'robust-models', seed: 7, rows: 12_000 }).records()];
const odd = [
  ...generate({ scenario: 'robust-models', seed: 8, rows: 12_000, oddities: 0.5, unredacted: 0.3 }).records(),
];

it.each([
  ['plain', records],
  ['odd, with signatures', odd],
])('gives the rows of the reference decoder for %s generated records, as lines and as bodies', (_, texts) => {
  const twins = new Twins();
  twins.feed(texts.join('\n'), 'lines');
  for (const body of bodies(texts, 1 << 18)) twins.feed(body, 'records');
  expect(twins.scanner.rows).toBe(2 * texts.length);
  twins.check();
});
