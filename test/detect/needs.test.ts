import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { Detector } from '../../src/detect/detector.ts';
import { allDetections } from '../../src/detect/shipped.ts';
import { Catalog } from '../../src/store/catalog.ts';
import { estateArrivals, newFolder } from './estate-days.ts';
import { FindingMemory } from './finding-memory.ts';
import { fillLake } from './lake.ts';

const dataDir = newFolder();
afterAll(() => rmSync(dataDir, { recursive: true }));

const slice = 6_000;
const arrivals = estateArrivals.flatMap(({ partition, records }) =>
  Array.from({ length: Math.ceil(records.length / slice) }, (_, index) => ({
    partition: `${partition}-${index}`,
    records: records.slice(index * slice, (index + 1) * slice),
  })),
);

it('leave out no rule that would find something, commit by commit over an estate', { timeout: 600_000 }, async () => {
  const catalog = await Catalog.open(dataDir);
  const rules = await allDetections([]);
  const [store, slowStore] = [new FindingMemory(), new FindingMemory()];
  const rest = { dataDir, tuning: new Map(), suppressions: [], feeds: [] };
  const fast = new Detector({ ...rest, catalog: store, rules });
  const slow = new Detector({
    ...rest,
    catalog: slowStore,
    rules: rules.map((rule) => ({ ...rule, needs: { only: [] } })),
  });
  const all = { since: 0n, until: 0n };
  for (const arrival of arrivals) {
    const segments = (await fillLake(dataDir, catalog, [arrival])).flatMap((commit) => commit.segments);
    const since = segments.reduce((min, { minTime }) => (minTime < min ? minTime : min), segments[0]?.minTime ?? 0n);
    const until = segments.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), 0n) + 1n;
    for (const detector of [fast, slow]) {
      detector.note(segments);
      await detector.evaluate({ since, until, final: false, standing: true });
    }
    expect(store.open).toEqual(slowStore.open);
    all.since = all.until === 0n || since < all.since ? since : all.since;
    all.until = until > all.until ? until : all.until;
  }
  // More than a week.
  expect(all.until - all.since).toBeGreaterThan(7n * 86_400_000_000n);
  for (const detector of [fast, slow]) await detector.evaluate({ ...all, final: true, standing: true });
  expect(store.open).toEqual(slowStore.open);
  expect(store.open.length).toBeGreaterThan(25);
  for (const detector of [fast, slow]) detector.close();
  await catalog.close();
});
