import { differenceOf, type TestBench } from '../src/detect/check.ts';
import type { Detection, DetectionTest } from '../src/detect/detection.ts';
import { echoesOf } from '../test/detect/echo.ts';
import { mutantsOf, type RuleMutant } from './rule-mutants.ts';

/** What the tests of a rule say about its mutants. */
export interface MutantsVerdict {
  readonly all: number;
  /** Mutants that no test notices, though the rule does not say why. */
  readonly survived: readonly string[];
  /** Mutants that the rule says find the same, though they do not. */
  readonly misjudged: readonly string[];
}

type Rows = Awaited<ReturnType<TestBench['rows']>>;

const textOf = (rows: Rows): string =>
  rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join('\n');

/** What became of a mutant in a test: it fails the test, or passes and returns the same rows as the rule or others. */
type Fate = 'caught' | 'other' | 'same';

/** A mutant whose statement fails is caught. */
async function fateOf(bench: TestBench, mutant: Detection, test: DetectionTest, plain: string): Promise<Fate> {
  const rows = await bench.rows(mutant, test).catch(() => null);
  if (rows === null || differenceOf(rows, test) !== null) return 'caught';
  return textOf(rows) === plain ? 'same' : 'other';
}

/**
 * Runs every mutant of a rule over its tests, then over those that fire with records added that say nothing new, where
 * every column has to stay as it was.
 */
export async function tryMutants(bench: TestBench, rule: Detection): Promise<MutantsVerdict> {
  const mutants = mutantsOf(rule);
  const misjudged = new Set<RuleMutant>();
  let left = mutants;
  const trial = async (test: DetectionTest, echoed: boolean) => {
    await bench.fill(test);
    const plain = textOf(await bench.rows(rule, test));
    const next: RuleMutant[] = [];
    for (const mutant of left) {
      const fate = await fateOf(bench, mutant.rule, test, plain);
      if (mutant.spare !== null && fate !== 'same') misjudged.add(mutant);
      else if (fate !== 'caught' && !(echoed && fate === 'other')) next.push(mutant);
    }
    left = next;
  };
  for (const test of rule.tests) await trial(test, false);
  const survivors = () => left.filter(({ spare }) => spare === null).map(({ what }) => what);
  for (const { echoed } of echoesOf(rule)) if (survivors().length > 0) await trial(echoed, true);
  return { all: mutants.length, survived: survivors(), misjudged: [...misjudged].map(({ what }) => what) };
}
