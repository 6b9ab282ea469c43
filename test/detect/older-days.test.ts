import { rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { Detector } from '../../src/detect/detector.ts';
import { allDetections } from '../../src/detect/shipped.ts';
import { Prng } from '../../src/generate/prng.ts';
import { Catalog } from '../../src/store/catalog.ts';
import { plainRecord } from '../ingest/decode/records.ts';
import { newFolder } from './estate-days.ts';
import { FindingMemory } from './finding-memory.ts';
import { fillLake } from './lake.ts';

const dataDir = newFolder();
afterAll(() => rmSync(dataDir, { recursive: true }));

const days = 40;
const dayMicros = 86_400_000_000n;
const start = BigInt(Date.UTC(2026, 0, 1)) * 1_000n;
const prng = new Prng(7, 'older days');
const below = (n: number) => prng.int(0, n - 1);
const oneIn = (n: number) => prng.chance(1 / n);

/** A write with one of five tokens; a token has few networks and tools, some of which it uses again after days. */
function recordOf(day: number, token: number, request: number): string {
  const time = new Date(
    Number((start + BigInt(day) * dayMicros) / 1_000n) + 1_000 * (request * 60 + token),
  ).toISOString();
  const network = oneIn(12) ? 100 + below(100) : below(2 + token);
  const tool = oneIn(12) ? `tool${below(300)}` : `sdk${below(1 + token)}`;
  return JSON.stringify({
    ...plainRecord,
    time: time.replace('Z', '0000Z'),
    category: 'StorageWrite',
    operationName: 'PutBlob',
    statusCode: oneIn(20) ? 403 : 201,
    callerIpAddress: `198.51.${network}.${1 + below(200)}:51234`,
    correlationId: `6f1f5b8e-001e-0042-7d2a-${(day * 1_000 + token * 100 + request).toString(16).padStart(12, '0')}`,
    identity: { ...plainRecord.identity, tokenHash: plainRecord.identity.tokenHash.replace('4FA3', `4FA${token}`) },
    properties: {
      ...plainRecord.properties,
      ...(oneIn(15) ? { userAgentHeader: undefined } : { userAgentHeader: `${tool}/1` }),
    },
  });
}

function recordsOf(day: number): string[] {
  const records = [0, 1, 2, 3, 4].flatMap((token) =>
    oneIn(4) ? [] : Array.from({ length: 1 + below(4) }, (_, request) => recordOf(day, token, request)),
  );
  return [...records, ...records.filter(() => oneIn(10))];
}

it('of what is met again after days is told as if every day had been read', { timeout: 300_000 }, async () => {
  const catalog = await Catalog.open(dataDir);
  const rules = (await allDetections([])).filter(({ needs }) => needs.older !== undefined);
  const [kept, anew] = [new FindingMemory(), new FindingMemory()];
  const rest = { dataDir, tuning: new Map(), suppressions: [], feeds: [], rules };
  const [standing, slow] = [new Detector({ ...rest, catalog: kept }), new Detector({ ...rest, catalog: anew })];
  for (let day = 0; day < days; day++) {
    const commits = await fillLake(dataDir, catalog, [{ partition: String(day), records: recordsOf(day) }]);
    standing.note(commits.flatMap((commit) => commit.segments));
    const since = start + BigInt(day) * dayMicros;
    await standing.evaluate({ since, until: since + dayMicros, final: true, standing: true });
  }
  await slow.evaluate({ since: start, until: start + BigInt(days) * dayMicros, final: true });
  expect(kept.open).toEqual(anew.open);
  for (const { code } of rules)
    expect(kept.open.filter((finding) => finding.startsWith(code)).length).toBeGreaterThan(5);
  const once = new FindingMemory();
  const whole = new Detector({ ...rest, catalog: once });
  await whole.evaluate({ since: start, until: start + BigInt(days) * dayMicros, final: true, standing: true });
  expect(once.open).toEqual(anew.open);
  for (const detector of [standing, slow, whole]) detector.close();
  await catalog.close();
});
