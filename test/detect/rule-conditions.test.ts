import { expect, it } from 'vitest';
import { conditionMutants } from '../../build/rule-conditions.ts';

it('leaves out each condition, also the first in brackets and none of which another is enough', () => {
  const mutants = conditionMutants(
    "SELECT n FROM t WHERE a = 1 AND (b > 2 AND c IN ('x', 'y')) IS TRUE AND (d BETWEEN 3 AND 4 OR e) HAVING /* narrows: why */ f > 5",
  );
  expect(mutants.map(({ what, spare }) => [what, spare])).toEqual([
    ['without a = 1', null],
    ["without (b > 2 AND c IN ('x', 'y')) IS TRUE", null],
    ['without b > 2', null],
    ["without c IN ('x', 'y')", null],
    ['without (d BETWEEN 3 AND 4 OR e)', null],
    ['without f > 5', 'why'],
  ]);
  expect(mutants[2]?.sql).toContain("AND ( true AND c IN ('x', 'y')) IS TRUE");
});
