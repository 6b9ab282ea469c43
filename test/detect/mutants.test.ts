import { afterAll, describe, expect, it } from 'vitest';
import { tryMutants } from '../../build/rule-survivors.ts';
import { TestBench } from '../../src/detect/check.ts';
import { shippedDetections } from '../../src/detect/shipped.ts';

const bench = await TestBench.open();
afterAll(() => bench.close());

describe.each((await shippedDetections()).map((rule) => [rule.code, rule] as const))('the tests of %s', (_, rule) => {
  it('notice every threshold halved or doubled, and every condition left out', { timeout: 300_000 }, async () => {
    const { survived, misjudged } = await tryMutants(bench, rule);
    expect({ survived, misjudged }).toEqual({ survived: [], misjudged: [] });
  });
});
