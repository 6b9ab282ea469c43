import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Detector } from '../../src/detect/detector.ts';
import { Delivery } from '../../src/generate/delivery.ts';
import { Prng } from '../../src/generate/prng.ts';
import { generate } from '../../src/generate/scenario.ts';
import { Catalog } from '../../src/store/catalog.ts';
import { type Arrival, fillLake } from './lake.ts';

/** Days of the story on which rules of every kind speak, each with some everyday traffic before it. */
const days = /"time":"(2022-02-2|2022-03-1[0-3]|2022-11-0[12]|2023-04-(2|30))/;
const records = [...generate({ scenario: 'robust-models', rows: 10_000, seed: 3 }).records()].filter((line) =>
  days.test(line),
);
const timeOf = (record: string) => Date.parse(/"time":"([^"]+)"/.exec(record)?.[1] ?? '');
const micros = (ms: number) => BigInt(ms) * 1_000n;
const range = {
  since: micros(timeOf(records[0] ?? '')),
  until: micros(timeOf(records.at(-1) ?? '')) + 1_000n,
};

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** Fills a lake and judges it: once at the end, or also after each of the first arrivals, as a live run does. */
async function found(arrivals: readonly Arrival[], live: number): Promise<string[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'saswatch-order-'));
  folders.push(dataDir);
  const catalog = await Catalog.open(dataDir);
  const detector = await Detector.open({ dataDir, catalog });
  for (const [index, arrival] of arrivals.entries()) {
    await fillLake(dataDir, catalog, [{ ...arrival, partition: `${arrival.partition}-${index}` }]);
    if (index < live) await detector.evaluate({ ...range, final: false });
  }
  await detector.evaluate({ ...range, final: true });
  const findings = await catalog.findings();
  await catalog.close();
  return findings
    .filter(({ open }) => open)
    .map(({ id }) => id)
    .sort();
}

/** One stream as a bad pipeline delivers it: doubled and late, over partitions that overtake each other, in odd portions. */
function delivered(seed: number): Arrival[] {
  const prng = new Prng(seed, 'delivery order');
  const delivery = new Delivery(new Prng(seed, 'delivery'), { duplicates: prng.unit() / 5, late: prng.unit() / 10 });
  const stream = [...records.flatMap((record) => [...delivery.add(record, timeOf(record))]), ...delivery.end()];
  const shuffled = prng.chance(0.5)
    ? stream
        .map((record) => ({ record, at: prng.unit() }))
        .sort((a, b) => a.at - b.at)
        .map(({ record }) => record)
    : stream;
  const partitions = Array.from({ length: prng.int(1, 4) }, (): string[] => []);
  for (const record of shuffled) partitions[prng.int(0, partitions.length - 1)]?.push(record);
  const arrivals = partitions.flatMap((lines, partition) => {
    const cut = prng.int(1, lines.length);
    return [lines.slice(0, cut), lines.slice(cut)].map((part) => ({ partition: String(partition), records: part }));
  });
  return arrivals
    .filter((arrival) => arrival.records.length > 0)
    .map((arrival) => ({ arrival, at: prng.unit() }))
    .sort((a, b) => a.at - b.at)
    .map(({ arrival }) => arrival);
}

const orderedPass = await found([{ partition: '0', records }], 0);

describe('the ids of findings', { timeout: 120_000 }, () => {
  it('are of every kind of rule in this stream', () => {
    expect(orderedPass.length).toBeGreaterThan(15);
  });

  it.each([1, 2, 3, 4])('are those of one ordered pass, however the stream is delivered: seed %d', async (seed) => {
    expect(await found(delivered(seed), seed % 2)).toEqual(orderedPass);
  });
});
