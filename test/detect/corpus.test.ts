import { afterAll, describe, expect, it } from 'vitest';
import { checkDetection, TestBench } from '../../src/detect/check.ts';
import type { DetectionTest } from '../../src/detect/detection.ts';
import { shippedDetections } from '../../src/detect/shipped.ts';
import { echoesOf } from './echo.ts';

const detections = await shippedDetections();
const bench = await TestBench.open();
afterAll(() => bench.close());

/** File names begin with the ATT&CK tactic; persistence and privilege escalation share the prefix `privilege`. */
const tactics = [
  'privilege',
  'exfiltration',
  'impact',
  'initial-access',
  'discovery',
  'collection',
  'persistence',
  'credential-access',
  'defense-evasion',
];

const steps = [
  'sas_use',
  'rollup',
  'sas',
  'token_life',
  'account_day',
  'account_step',
  'log_row',
  'storage_log',
  'feed',
];
const days = ['token_day', 'family_day', 'key_day', 'suffix_day'];
/** What a rule of each kind may read: a posture rule judges a token as it is and looks at no history of days. */
const readable = {
  posture: steps,
  window: [...steps, ...days],
  baseline: [...steps, ...days],
  sequence: [...steps, ...days],
};
const documentationAddress = /^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^10\.|^2001:db8:/;

const texts = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
};

describe('the collection of rules', () => {
  it('is whole', () => {
    expect(detections.map(({ code }) => code).join(' ')).toBe(
      'A-ANO-1 A-ANO-2 A-KEY-1 B-KEY-1 B-NET-1 B-NET-2 B-NET-3 B-NEW-1 B-OP-1 B-SCP-1 B-SLP-1 B-UA-1 B-VOL-1 L-GAP-1 ' +
        'P-01 P-02 P-03 P-04 P-05 P-06 P-07 P-08 P-09 P-10 W-AUT-1 W-DEL-1 W-DEL-2 W-DEL-3 W-DEL-4 W-ERR-1 W-ERR-2 ' +
        'W-ERR-3 W-EXF-1 W-EXF-2 W-EXF-3 W-EXF-4 W-LST-1 W-OVR-1 W-OVR-2 W-OVR-3 W-OVR-4 W-OVR-5 W-POI-1 X-TI-1',
    );
  });

  it('has one id, one code and one title for each', () => {
    for (const key of ['id', 'code', 'title'] as const) {
      expect(new Set(detections.map((detection) => detection[key])).size).toBe(detections.length);
    }
  });
});

describe.each(detections.map((detection) => [detection.code, detection] as const))('%s', (_, detection) => {
  it('is named by its tactic first', () => {
    expect(tactics.some((tactic) => detection.file.startsWith(`${tactic}-`))).toBe(true);
  });

  it('has a test that fires and one that is silent', () => {
    expect(detection.tests.some(({ expect: rows }) => rows.length > 0)).toBe(true);
    expect(detection.tests.some(({ expect: rows }) => rows.length === 0)).toBe(true);
  });

  it('gives a period in every step of its runbook', () => {
    const steps = detection.runbook.trim().split('\n');
    expect(steps.length).toBeGreaterThanOrEqual(3);
    for (const step of steps) {
      expect(step).toMatch(/^\d\. /);
      expect(step).toMatch(/\d+ (hour|day)s?\b|first_seen|window_start/);
    }
  });

  it('names documentation and private addresses only', () => {
    const rows = detection.tests.flatMap((test) => test.rows);
    const addresses = rows.flatMap(({ caller_ip: address }) => (typeof address === 'string' ? [address] : []));
    const elsewhere = texts(detection.runbook).concat(texts(detection.tests)).join('\n');
    expect(addresses.filter((address) => !documentationAddress.test(address))).toEqual([]);
    const written = elsewhere.match(/\b\d{1,3}(\.\d{1,3}){3}\b/g) ?? [];
    expect(written.filter((address) => !documentationAddress.test(address))).toEqual([]);
  });

  it('reads only what its kind may read', () => {
    const own = new Set([...detection.sql.matchAll(/(\w+) AS (?:(?:NOT )?MATERIALIZED )?\(/g)].map(([, name]) => name));
    const read = [...detection.sql.matchAll(/\b(?:FROM|JOIN)\s+(\w+)/g)].map(([, name]) => name ?? '');
    expect(read.length).toBeGreaterThan(0);
    for (const name of read.filter((relation) => !own.has(relation) && relation !== 'LATERAL')) {
      expect(readable[detection.kind]).toContain(name);
    }
  });

  it('passes its own tests', { timeout: 300_000 }, async () => {
    const outcomes = await checkDetection(detection);
    expect(outcomes).toHaveLength(detection.tests.length);
    expect(outcomes.filter(({ passed }) => !passed)).toEqual([]);
  });
});

const echoing = detections.filter((detection) => echoesOf(detection).length > 0);

describe.each(echoing.map((detection) => [detection.code, detection] as const))('%s', (_, detection) => {
  it('finds no more where requests are logged in parts and others failed', { timeout: 300_000 }, async () => {
    const found = async (test: DetectionTest) => {
      await bench.fill(test);
      return (await bench.rows(detection, test)).map((row) => JSON.stringify(row)).sort();
    };
    for (const { plain, echoed } of echoesOf(detection)) expect(await found(echoed)).toEqual(await found(plain));
  });
});
