import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSelector } from '../../src/eventhub/selector.ts';

const FIELDS = [
  ['offset', 'offset'],
  ['sequence-number', 'sequenceNumber'],
  ['enqueued-time', 'enqueuedTimeMs'],
] as const;

it('reads every position an SDK can ask for', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FIELDS),
      fc.boolean(),
      fc.integer({ min: -1 }),
      ([annotation, by], inclusive, value) => {
        const text = `amqp.annotation.x-opt-${annotation} ${inclusive ? '>=' : '>'} '${value}'`;
        expect(parseSelector(text)).toEqual({ by, value, inclusive });
      },
    ),
  );
});

it('reads the end of the partition', () => {
  expect(parseSelector("amqp.annotation.x-opt-offset > '@latest'")).toEqual({ by: 'end' });
});

it.each([
  '',
  "amqp.annotation.x-opt-offset < '3'",
  "amqp.annotation.x-opt-offset > '3' or 1 = 1",
  "amqp.annotation.x-opt-sequence-number > '@latest'",
  "amqp.annotation.x-opt-partition-key > '3'",
  'amqp.annotation.x-opt-offset > 3',
])('refuses %j', (text) => {
  expect(parseSelector(text)).toBeUndefined();
});
