import { expect, it } from 'vitest';
import { plainRecord, recordWith } from './records.ts';
import { Twins } from './scanner-twin.ts';

const plain = JSON.stringify(plainRecord);
/** Fits no UUID column, so the scanner leaves it. */
const odd = recordWith({ correlationId: 'no UUID' });

function body(records: number, oddOf: (index: number) => boolean): string {
  const texts = Array.from({ length: records }, (_, i) => (oddOf(i) ? odd : plain));
  return `{"records":[${texts.join(',')}]}`;
}

function fallbackOf(twins: Twins, input: string) {
  twins.feed(input, 'records');
  return twins.scanner.takeFallback();
}

it('leaves a record it is not sure of, and only that', () => {
  const twins = new Twins();
  expect(
    fallbackOf(
      twins,
      body(1_000, (i) => i % 20 === 0),
    ),
  ).toEqual({
    records: 50,
    inputs: 0,
    firstField: 'correlationId',
  });
  expect(twins.scanner.takeFallback()).toBeNull();
  twins.check();
});

it('leaves the rest of an input of which it left more than a tenth, and none of the next', () => {
  const twins = new Twins();
  const half = fallbackOf(
    twins,
    body(1_000, (i) => i % 2 === 0),
  );
  expect(half).toEqual({ records: 32, inputs: 1, firstField: 'correlationId' });
  expect(
    fallbackOf(
      twins,
      body(1_000, () => false),
    ),
  ).toBeNull();
  twins.check();
});

it('counts what is damaged, and names no field where none is at fault', () => {
  const twins = new Twins();
  const damaged = plain.replace('","', '""');
  twins.feed(Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? damaged : plain)).join('\n'), 'lines');
  expect(twins.scanner.takeFallback()).toMatchObject({ records: 32, inputs: 1 });
  twins.feed(`${plain}\n${recordWith({ category: undefined })}\n${plain}`, 'lines');
  expect(twins.scanner.takeFallback()).toMatchObject({ records: 1, inputs: 0, firstField: null });
  twins.check();
});
