import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../../src/core/errors.ts';
import type { Detection } from '../../src/detect/detection.ts';
import { Detector } from '../../src/detect/detector.ts';
import { allDetections } from '../../src/detect/shipped.ts';
import { Catalog } from '../../src/store/catalog.ts';
import { estateArrivals, newFolder } from './estate-days.ts';
import { FindingMemory } from './finding-memory.ts';
import { fillLake } from './lake.ts';

const dataDir = newFolder();
const shipped = (await allDetections([])).filter(({ code }) => /^(P-0|W-LST|W-ERR|W-AUT)/.test(code));
let range: { since: bigint; until: bigint };

beforeAll(async () => {
  const catalog = await Catalog.open(dataDir);
  const segments = (await fillLake(dataDir, catalog, estateArrivals.slice(0, 2))).flatMap((commit) => commit.segments);
  await catalog.close();
  const times = segments.flatMap(({ minTime, maxTime }) => [minTime, maxTime]).sort((a, b) => (a < b ? -1 : 1));
  range = { since: times[0] ?? 0n, until: (times.at(-1) ?? 0n) + 1n };
});
afterAll(() => rm(dataDir, { recursive: true }));

const like = shipped.find(({ code }) => code === 'W-LST-1') as Detection;
const [use, number] = ['FROM sas_use WHERE bucket >= $since::TIMESTAMP', 'account::INTEGER'];

/** Statements and needs that DuckDB refuses, or that fail over the rows. */
const broken: [string, Pick<Detection, 'sql'> & Partial<Pick<Detection, 'needs'>>][] = [
  ['a column that there is not', { sql: `SELECT nosuch ${use}` }],
  ['a value that is no number', { sql: `SELECT ${number} AS n ${use}` }],
  ['rows without a token', { sql: 'SELECT 1 AS n' }],
  ['a need that fails', { sql: like.sql, needs: { token: `${number} > 0`, only: [] } }],
  [
    'a part that fails',
    { sql: `WITH part AS (SELECT ${number} AS n ${use}) SELECT n FROM part`, needs: { part: ['part'], only: [] } },
  ],
  [
    'a statement that fails after its part',
    { sql: `WITH part AS (SELECT account ${use}) SELECT ${number} FROM part`, needs: { part: ['part'], only: [] } },
  ],
];

async function judged(rules: readonly Detection[], standing: boolean, runs = 1) {
  const catalog = new FindingMemory();
  const faults: AppError[] = [];
  const rest = { dataDir, tuning: new Map(), suppressions: [], feeds: [] };
  const detector = new Detector({ ...rest, catalog, rules, onFault: (fault) => faults.push(fault) });
  for (let run = 0; run < runs; run += 1) await detector.evaluate({ ...range, final: true, standing });
  const { failedRules } = detector;
  detector.close();
  return { open: catalog.open, faults, failedRules };
}

describe.each([
  ['standing tables', true],
  ['views', false],
])('a rule that fails over %s', (_, standing) => {
  it.each(broken)('ends itself alone and is told once: %s', { timeout: 300_000 }, async (__, parts) => {
    const rule = { ...like, needs: { only: [] }, code: 'X-BRK-1', file: 'broken.sql', ...parts };
    const sound = await judged(shipped, standing);
    const { open, faults, failedRules } = await judged([rule, ...shipped], standing, 2);
    expect(sound.open.length).toBeGreaterThan(5);
    expect(open).toEqual(sound.open);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.message).toMatch(/broken\.sql/);
    expect(failedRules).toBe(1);
  });
});

it('a rule that fails keeps what it found before, and is told of again once it has worked', async () => {
  const [found = ''] = (await judged(shipped, true)).open;
  const firing = shipped.find(({ code }) => found.startsWith(`${code} `)) as Detection;
  const rule = { ...firing };
  const catalog = new FindingMemory();
  let told = 0;
  const rest = { dataDir, tuning: new Map(), suppressions: [], feeds: [] };
  const onFault = () => {
    told += 1;
  };
  const detector = new Detector({ ...rest, catalog, rules: [rule], onFault });
  const run = () => detector.evaluate({ ...range, final: true, standing: true });
  await run();
  const before = catalog.open;
  expect(before).toContain(found);
  Object.assign(rule, { sql: `SELECT nosuch ${use}` });
  for (const _ of ['told', 'known']) await run();
  expect(catalog.open).toEqual(before);
  expect([told, detector.failedRules]).toEqual([1, 1]);
  Object.assign(rule, { sql: firing.sql });
  await run();
  expect(detector.failedRules).toBe(0);
  Object.assign(rule, { sql: `SELECT nosuch ${use}` });
  await run();
  expect(told).toBe(2);
  detector.close();
});

it.each(['l0', 'rollup'])('a file of %s that cannot be read is told as such, of no rule', async (folder) => {
  const damaged = newFolder();
  await cp(dataDir, damaged, { recursive: true });
  const names = await readdir(join(damaged, 'lake', folder), { recursive: true });
  const [name = ''] = names.filter((each) => each.endsWith('.parquet')).sort();
  await writeFile(join(damaged, 'lake', folder, name), 'PAR1 and nothing more');
  const rest = { dataDir: damaged, tuning: new Map(), suppressions: [], feeds: [], catalog: new FindingMemory() };
  const detector = new Detector({ ...rest, rules: await allDetections([]), onFault: () => expect.unreachable() });
  await expect(detector.evaluate({ ...range, final: true, standing: true })).rejects.toMatchObject({
    code: 'DETECTION_FAILED',
    message: expect.stringMatching(
      new RegExp(`^The rules could not read the lake: .*${name}.*Restore that file[^\n]*$`),
    ),
  });
  detector.close();
  await rm(damaged, { recursive: true });
});

it('the others have kept their findings where nobody takes faults', async () => {
  const catalog = new FindingMemory();
  const rules = [{ ...like, needs: { only: [] }, sql: 'SELECT nosuch' }, ...shipped.filter((rule) => rule !== like)];
  const detector = new Detector({ dataDir, tuning: new Map(), suppressions: [], feeds: [], catalog, rules });
  await expect(detector.evaluate({ ...range, final: true })).rejects.toMatchObject({ code: 'DETECTION_FAILED' });
  expect(catalog.open.length).toBeGreaterThan(5);
});
