import { expect, it } from 'vitest';
import { shippedDetections } from '../../src/detect/shipped.ts';
import { tuningOf } from '../../src/detect/tuning.ts';

const rules = await shippedDetections();

it('gives the values set for a rule, later ones over earlier', () => {
  const tuning = tuningOf(
    [
      { rule: 'W-EXF-1', set: { objects_min: 5_000, window: '30 minutes' } },
      { rule: 'W-EXF-1', set: { objects_min: 6_000 } },
    ],
    rules,
  );
  expect(tuning.get('W-EXF-1')).toEqual({ objects_min: 6_000, window: '30 minutes' });
  expect(tuning.get('W-DEL-1')).toBeUndefined();
});

it.each([
  [{ rule: 'W-EXF-9', set: {} }, /no rule W-EXF-9/],
  [{ rule: 'W-EXF-1', set: { objects: 1 } }, /no parameter objects; it has window/],
  [{ rule: 'W-EXF-1', set: { objects_min: 1.5 } }, /objects_min was given 1.5/],
  [{ rule: 'W-EXF-1', set: { window: 'long' } }, /of type interval/],
])('refuses %j', (parameter, message) => {
  expect(() => tuningOf([parameter], rules)).toThrow(message);
});
