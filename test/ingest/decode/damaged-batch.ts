import type { Batch } from '../../../src/core/batch.ts';
import { dictionaryColumn, utf8Column } from '../../../src/store/table.ts';

const texts = (batch: Batch) => utf8Column(batch, 'conditions_used').offsets;
const codes = (batch: Batch) => dictionaryColumn(batch, 'category').codes;

/**
 * What no decoder makes, done to a batch of 4,200 rows with one category, each row with a text of its own that ends in é under
 * `conditions_used`: what it is, what a writer must say of it, and the damage.
 */
export const damages: readonly (readonly [what: string, message: RegExp, damage: (batch: Batch) => void])[] = [
  ['a code no dictionary has', /code 1 of a/, (batch) => codes(batch).fill(1, 4_190, 4_191)],
  ['a code above 255', /code 256 of a/, (batch) => codes(batch).fill(256, 2_050, 2_051)],
  ['a text that runs backwards', /runs from/, (batch) => texts(batch).fill(0, 4_100, 4_101)],
  ['a text that ends too late', /runs from/, (batch) => texts(batch).fill(2 ** 30, 2_060, 2_061)],
  ['a text before its bytes', /runs from/, (batch) => texts(batch).fill(-1, 2_060, 2_061)],
  [
    'a text that begins inside a character',
    /not valid UTF-8/,
    (batch) => {
      const offsets = texts(batch);
      offsets[4_190] = (offsets[4_190] ?? 0) - 1;
    },
  ],
];
