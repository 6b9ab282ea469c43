import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding.ts';
import { Detector } from '../../src/detect/detector.ts';
import { shippedDetections } from '../../src/detect/shipped.ts';
import { Prng } from '../../src/generate/prng.ts';
import { generate } from '../../src/generate/scenario.ts';
import { Catalog } from '../../src/store/catalog.ts';
import { openReader } from '../../src/store/reader.ts';
import { estateArrivals } from './estate-days.ts';
import { type Arrival, fillLake } from './lake.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const micros = (iso: string): bigint => BigInt(Date.parse(iso)) * 1_000n;
const generation = generate({ scenario: 'robust-models', rows: 20_000, seed: 7 });
const records = [...generation.records()];
const truth = generation.truth();
const range = { since: micros(truth.first_time), until: micros(truth.last_time) + 1_000n };
const timeOf = (record: string): string => /"time":"([^"]+)"/.exec(record)?.[1] ?? '';

function chunks(partition: string, lines: readonly string[], size: number): Arrival[] {
  const starts = Array.from({ length: Math.ceil(lines.length / size) }, (_, index) => index * size);
  return starts.map((start) => ({ partition, records: lines.slice(start, start + size) }));
}

async function newLake(): Promise<{ dataDir: string; catalog: Catalog; detector: Detector }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'saswatch-detect-'));
  folders.push(dataDir);
  const catalog = await Catalog.open(dataDir);
  return { dataDir, catalog, detector: await Detector.open({ dataDir, catalog }) };
}

async function replay(arrivals: readonly Arrival[]): Promise<{ dataDir: string; findings: Finding[] }> {
  const { dataDir, catalog, detector } = await newLake();
  await fillLake(dataDir, catalog, arrivals);
  const findings = await detector.evaluate({ ...range, final: true });
  await catalog.close();
  return { dataDir, findings };
}

const ids = (findings: readonly Finding[]): string[] => findings.map(({ id }) => id).sort();
const onePass = await replay(chunks('0', records, 10_000));

const entityOf = (tokenHash: string): string => tokenHash.slice(0, 32);
const lateMicros = 15n * 60n * 1_000_000n;
const overlaps = (finding: Finding, { start, end }: { start: string; end: string }): boolean =>
  micros(start) <= finding.lastSeen && finding.firstSeen <= micros(end) + lateMicros;

describe('the rules over the leak of 2020 to 2023', () => {
  it.each(truth.incidents.flatMap((incident) => incident.rules.map((rule) => [incident.id, rule, incident] as const)))(
    'find %s with %s',
    (_, rule, incident) => {
      const entity = entityOf(incident.entity.token_hash);
      const hits = onePass.findings.filter((finding) => finding.rule === rule && finding.entity === entity);
      expect(hits.filter((finding) => overlaps(finding, incident))).not.toEqual([]);
    },
  );

  it('report nothing else: every finding belongs to an incident', () => {
    const strays = onePass.findings.filter(
      (finding) =>
        !truth.incidents.some(
          ({ rules, rules_allowed, entity, start, end }) =>
            entityOf(entity.token_hash) === finding.entity &&
            [...rules, ...rules_allowed].includes(finding.rule) &&
            overlaps(finding, { start, end }),
        ),
    );
    expect(strays.map(({ rule, entity, evidence }) => ({ rule, entity, evidence }))).toEqual([]);
  });

  it('make statements that show the same row again', { timeout: 240_000 }, async () => {
    const reader = await openReader(onePass.dataDir);
    try {
      for (const { sql, evidence } of onePass.findings) {
        const [row, ...more] = (await reader.connection.runAndReadAll(sql)).getRowObjectsJson();
        expect(more).toEqual([]);
        expect(row).toMatchObject({ token_hash: evidence['token_hash'], first_seen: evidence['first_seen'] });
      }
    } finally {
      reader.close();
    }
  });

  it('say how this kind of token is revoked', () => {
    const leaked = onePass.findings.find(({ rule }) => rule === 'W-DEL-1');
    expect(leaked?.response).toMatch(/signed with key1 .* rotating that key ends it/);
    expect(leaked?.response).toMatch(/Rotation also ends \d+ other tokens?/);
    const collector = onePass.findings.find(({ rule, level }) => rule === 'B-NET-1' && level === 'low');
    expect(collector?.response).toMatch(/without the stored policy "chat-collector"/);
  });
});

describe('the names of findings', { timeout: 240_000 }, () => {
  it('are the same for another order of arrival and with duplicates', async () => {
    const prng = new Prng(5, 'order');
    const shuffled = records
      .flatMap((record) => (prng.chance(0.02) ? [record, record] : [record]))
      .map((record) => ({ record, at: prng.unit() }))
      .sort((a, b) => a.at - b.at)
      .map(({ record }) => record);
    const other = await replay([
      ...chunks('1', shuffled.slice(9_000), 5_000),
      ...chunks('0', shuffled.slice(0, 9_000), 5_000),
    ]);
    expect(ids(other.findings)).toEqual(ids(onePass.findings));
  });

  it('are the same live, with a partition far behind, once the last pass is done', async () => {
    const { dataDir, catalog, detector } = await newLake();
    const behind = records.filter((_, index) => index % 3 === 0);
    const ahead = records.filter((_, index) => index % 3 !== 0);
    const arrivals = chunks('ahead', ahead, 3_000);
    const lagging = chunks('behind', behind, 1_500);
    let offset = 0;
    for (const [index, arrival] of arrivals.entries()) {
      const late = lagging[index - 2];
      await fillLake(dataDir, catalog, [{ ...arrival, partition: `ahead-${index}` }]);
      if (late !== undefined) await fillLake(dataDir, catalog, [{ ...late, partition: `behind-${index}` }]);
      const since = micros(timeOf((late ?? arrival).records[0] ?? ''));
      await detector.evaluate({ since, until: micros(timeOf(arrival.records.at(-1) ?? '')), final: false });
      offset = index - 1;
    }
    for (const [index, late] of lagging.slice(offset).entries()) {
      await fillLake(dataDir, catalog, [{ ...late, partition: `rest-${index}` }]);
    }
    await detector.evaluate({ ...range, final: true });
    const kept = await catalog.findings();
    await catalog.close();
    expect(ids(kept.filter(({ open }) => open))).toEqual(ids(onePass.findings));
  });

  it('stay known: looking again finds nothing new', async () => {
    const catalog = await Catalog.open(onePass.dataDir);
    const detector = await Detector.open({ dataDir: onePass.dataDir, catalog });
    expect(await detector.evaluate({ ...range, final: true })).toEqual([]);
    await catalog.close();
  });
});

it('keeps the use of a token as it was first told while its day lasts, and as it was once the day is over', async () => {
  const { dataDir, catalog, detector } = await newLake();
  const [first = { partition: '0', records: [] }] = estateArrivals;
  const day = timeOf(first.records[0] ?? '').slice(0, 10);
  const records = first.records.filter((record) => timeOf(record).startsWith(day));
  const until = micros(`${day}T00:00:00Z`) + 86_400_000_000n;
  const look = async (final: boolean) => {
    await detector.evaluate({ since: until - 1n, until, choice: 'posture', final });
    return new Map(
      (await catalog.findings()).filter(({ rule }) => rule.startsWith('P-')).map((each) => [each.id, each]),
    );
  };
  await fillLake(dataDir, catalog, chunks('early', records.slice(0, records.length / 2), 500));
  const early = await look(false);
  await fillLake(dataDir, catalog, chunks('late', records.slice(records.length / 2), 500));
  const late = await look(false);
  const over = await look(true);
  await catalog.close();
  expect(early.size).toBeGreaterThan(0);
  expect([...early.values()].map(({ id }) => late.get(id))).toEqual([...early.values()]);
  expect([...early.values()].filter(({ id, lastSeen }) => lastSeen < (over.get(id)?.lastSeen ?? 0n))).not.toEqual([]);
});

it('keeps what a window rule counted while its level stays, up to the run that waits for the watermark', async () => {
  const { dataDir, catalog, detector } = await newLake();
  const look = async (until: bigint, choice: 'window' | 'settled') => {
    await detector.evaluate({ since: range.since, until, choice, final: false });
    return new Map(
      (await catalog.findings()).filter(({ rule }) => rule.startsWith('W-')).map((each) => [each.id, each]),
    );
  };
  await fillLake(dataDir, catalog, chunks('whole', records, 5_000));
  const whole = await look(range.until, 'window');
  const kept = [...whole.values()].filter(({ windowStart, lastSeen }) => lastSeen - windowStart > 3_600_000_000n);
  const [first] = kept;
  expect(first).toBeDefined();
  const earlier = (first?.lastSeen ?? 0n) - 1n;
  expect((await look(earlier, 'window')).get(first?.id ?? '')).toEqual(first);
  expect((await look(earlier, 'settled')).get(first?.id ?? '')?.lastSeen).toBeLessThanOrEqual(earlier);
  await catalog.close();
});

/** Finds each token's successful requests of a day; many are more urgent. */
const requestsOfDay = `WITH suspects AS (
  SELECT token_hash, account, day, max(token_key) AS token_key FROM sas_use
  WHERE bucket >= $since::TIMESTAMP AND bucket < $until::TIMESTAMP AND ok > 0 GROUP BY ALL)
SELECT s.token_hash, s.account, s.day::TIMESTAMP AS window_start, min(l.time) AS first_seen, max(l.time) AS last_seen,
       if(count(*) > 40, 'high', 'medium') AS level
FROM log_row l JOIN suspects s ON l.account = s.account AND coalesce(l.token, l.token_fingerprint) = s.token_key AND l.time::DATE = s.day
GROUP BY ALL`;

it('reads rows again of a token that a window rule has told of only up to the watermark', async () => {
  const { dataDir, catalog, detector: all } = await newLake();
  all.close();
  const [rule] = (await shippedDetections()).filter(({ code }) => code === 'W-EXF-1');
  if (rule === undefined) throw new Error('no such rule');
  const needs = { token: 'ok > 0', part: ['suspects'], rows: 'day', only: [] };
  const rules = [{ ...rule, params: {}, needs, sql: requestsOfDay }];
  const detector = new Detector({ dataDir, catalog, rules, tuning: new Map(), suppressions: [], feeds: [] });
  const day = '2022-03-11';
  const ofDay = records.filter((record) => timeOf(record).startsWith(day));
  const look = async (choice: 'window' | 'settled', part: readonly string[] = []) => {
    const commits = await fillLake(dataDir, catalog, chunks(String(part.length), part, 1_000));
    detector.note(commits.flatMap(({ segments }) => segments));
    const since = micros(`${day}T00:00:00Z`);
    await detector.evaluate({ since, until: since + 86_400_000_000n, choice, final: false, standing: true });
    return new Map((await catalog.findings()).map((finding) => [finding.entity, finding]));
  };
  const early = await look('window', ofDay.slice(0, 1));
  const late = await look('window', ofDay.slice(1));
  const settled = await look('settled');
  const [entity = ''] = early.keys();
  expect(late.size).toBeGreaterThan(early.size);
  expect([early, late, settled].map((found) => found.get(entity)?.level)).toEqual(['medium', 'medium', 'high']);
  detector.close();
  await catalog.close();
});
