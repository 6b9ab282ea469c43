import { expect, it } from 'vitest';
import { RaisedAlerts } from '../../src/detect/incident-alert.ts';
import { Prng } from '../../src/generate/prng.ts';

const weekUs = 7n * 86_400_000_000n;

it('goes on from the last that was told about any of the entities within a week', () => {
  const prng = new Prng(5, 'alerts');
  const raised = new RaisedAlerts();
  const told: { readonly keys: ReadonlySet<string>; readonly state: object; at: bigint }[] = [];
  for (let step = 0; step < 500; step++) {
    const start = BigInt(step) * 7_200_000_000n;
    const keys = new Set(Array.from({ length: prng.int(1, 3) }, () => `entity ${prng.int(0, 150)}`));
    const known = told.findLast(
      ({ keys: others, at }) => at + weekUs >= start && [...keys].some((key) => others.has(key)),
    );
    const state = raised.of(keys, start);
    if (known === undefined) expect(told.map((each) => each.state)).not.toContain(state);
    else expect(state).toBe(known.state);
    // Its latest finding may have come later than the incident's first.
    state.at = start + BigInt(prng.int(0, 3)) * 86_400_000_000n;
    if (known === undefined) told.push({ keys, state, at: state.at });
    else known.at = state.at;
  }
  expect(told.length).toBeGreaterThan(50);
});
