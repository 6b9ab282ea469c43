import { describe, expect, it } from 'vitest';
import { generate, scenarioNames } from '../../src/generate/scenario.ts';
import type { Truth, TruthIncident } from '../../src/generate/truth.ts';

interface Row {
  readonly time: number;
  readonly text: string;
  readonly category: string;
  readonly operation: string;
  readonly status: number;
  readonly identity: string;
  readonly token: string;
  readonly account: string;
  readonly object: string;
  readonly callerIp: string;
  readonly uri: string;
  readonly bytesOut: number;
  readonly bytesIn: number;
}

/** Reads a record with JSON.parse and nothing of the generator's own. */
function parsed(text: string): Row {
  const { properties, ...record } = JSON.parse(text);
  return {
    time: Date.parse(record.time),
    text,
    category: record.category,
    operation: record.operationName,
    status: record.statusCode,
    identity: record.identity.type,
    token: /SasSignature\(([^)]*)\)/.exec(record.identity.tokenHash ?? '')?.[1] ?? '',
    account: properties.accountName,
    object: properties.objectKey,
    callerIp: record.callerIpAddress,
    uri: record.uri,
    bytesOut: properties.responseBodySize ?? 0,
    bytesIn: properties.requestBodySize ?? 0,
  };
}

const leak = generate({ scenario: 'robust-models', rows: 12_000, seed: 42 });
const leakRows = [...leak.records()].map(parsed);
const day = generate({ scenario: 'benign-day', rows: 6_000, seed: 42 });
const dayRows = [...day.records()].map(parsed);
const isSas = (row: Row): boolean => /^(SAS|DelegationSas)$/.test(row.identity);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
const minuteMs = 60_000;

/** The fullest window of a set of rows: most distinct objects, most bytes, each over any `minutes`. */
function busiest(rows: readonly Row[], minutes: number): { objects: number; bytes: number } {
  let first = 0;
  const best = { objects: 0, bytes: 0 };
  for (const [last, row] of rows.entries()) {
    while ((rows[first]?.time ?? 0) <= row.time - minutes * minuteMs) first++;
    const window = rows.slice(first, last + 1);
    best.objects = Math.max(best.objects, new Set(window.map(({ object }) => object)).size);
    best.bytes = Math.max(best.bytes, sum(window.map(({ bytesOut }) => bytesOut)));
  }
  return best;
}

function incident(truth: Truth, id: string): TruthIncident {
  const found = truth.incidents.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no incident ${id}`);
  return found;
}

/** The rows of an incident, found as an investigator would: by token, address and time. */
function rowsOf({ entity, start, end, caller_ips }: TruthIncident): Row[] {
  return leakRows.filter(
    (row) =>
      row.token === entity.token_hash &&
      row.time >= Date.parse(start) &&
      row.time <= Date.parse(end) &&
      caller_ips.includes(row.callerIp.replace(/:\d+$/, '')),
  );
}

describe.each([
  ['robust-models', leak, leakRows, 12_000],
  ['benign-day', day, dayRows, 6_000],
] as const)('%s', (name, generation, rows, count) => {
  const truth = generation.truth();

  it('gives exactly the rows asked for, in time order', () => {
    expect(rows).toHaveLength(count);
    expect(rows.every((row, i) => i === 0 || row.time >= (rows[i - 1]?.time ?? 0))).toBe(true);
  });

  it('tells the truth about its sums', () => {
    expect(truth.rows).toBe(count);
    expect(truth.bytes_out).toBe(sum(rows.map(({ bytesOut }) => bytesOut)));
    expect(truth.bytes_in).toBe(sum(rows.map(({ bytesIn }) => bytesIn)));
    expect(sum(Object.values(truth.rows_by_activity))).toBe(count);
    for (const [category, n] of Object.entries(truth.rows_by_category)) {
      expect(rows.filter((row) => row.category === category)).toHaveLength(n);
    }
    expect(Date.parse(truth.first_time)).toBe(rows[0]?.time);
    expect(Date.parse(truth.last_time)).toBe(rows.at(-1)?.time);
  });

  it('knows every token in the records', () => {
    const known = new Set(truth.tokens.map(({ token_hash }) => token_hash));
    expect(known.size).toBe(truth.tokens.length);
    for (const row of rows.filter(isSas)) expect(known.has(row.token)).toBe(true);
  });

  it('gives the same bytes for the same seed and others for another', () => {
    const options = { scenario: name, rows: count };
    const head = (seed: number): string[] => [...generate({ ...options, seed }).records()].slice(0, 2_000);
    expect(head(42)).toEqual(rows.slice(0, 2_000).map(({ text }) => text));
    expect(head(43)).not.toEqual(head(42));
  });

  it('writes records as large as real ones', () => {
    const mean = sum(rows.map(({ text }) => Buffer.byteLength(text))) / count;
    expect(mean).toBeGreaterThan(1_200);
    expect(mean).toBeLessThan(1_800);
  });

  it('has no signature in any record or in the truth', () => {
    const text = rows.map((row) => row.text).join('\n') + JSON.stringify(truth);
    expect(text.match(/sig=(?!XXXXX)/g)).toBeNull();
    for (const { sig } of generation.secrets()) {
      expect(text.includes(sig) || text.includes(encodeURIComponent(sig))).toBe(false);
    }
  });

  it('keeps benign tokens short-lived or under a policy, and below every limit', () => {
    const benign = new Set(truth.tokens.filter((token) => token.benign).map(({ token_hash }) => token_hash));
    const borrowed = truth.incidents.find(({ id }) => id === 'collector-token-borrowed');
    const firstSeen = new Map<string, number>();
    for (const { object, time } of rows) if (!firstSeen.has(object)) firstSeen.set(object, time);
    const isOverwrite = ({ operation, object, time }: Row): boolean =>
      operation === 'PutBlob' && (firstSeen.get(object) ?? time) < time - 60 * minuteMs;
    const byToken = new Map<string, Row[]>();
    for (const row of rows) {
      if (!benign.has(row.token) || borrowed?.caller_ips.includes(row.callerIp.replace(/:\d+$/, ''))) continue;
      byToken.set(row.token, [...(byToken.get(row.token) ?? []), row]);
    }
    for (const tokenRows of byToken.values()) {
      const query = new URL(tokenRows[0]?.uri ?? '').searchParams;
      expect(query.has('srt')).toBe(false);
      if (!query.has('si')) {
        const lifetimeMs = Date.parse(query.get('se') ?? '') - Date.parse(query.get('st') ?? '');
        expect(lifetimeMs).toBeLessThanOrEqual(7 * 86_400_000);
        expect(tokenRows.every(({ time }) => time <= Date.parse(query.get('se') ?? ''))).toBe(true);
      }
      const reads = busiest(
        tokenRows.filter(({ operation }) => operation === 'GetBlob'),
        15,
      );
      expect(reads.objects).toBeLessThan(1_000);
      expect(reads.bytes).toBeLessThan(10 * 2 ** 30);
      const writes = busiest(tokenRows.filter(isOverwrite), 15);
      expect(writes.objects).toBeLessThan(100);
    }
    const deletes = [...byToken.values()].flat().filter(({ category }) => category === 'StorageDelete');
    expect(
      busiest(
        deletes.sort((a, b) => a.time - b.time),
        10,
      ).objects,
    ).toBeLessThan(20);
  });
});

describe('the story of robust-models', () => {
  const truth = leak.truth();
  const bulk = 10 * 2 ** 30;

  it('is complete at the smallest size', () => {
    const small = generate({ scenario: 'robust-models', rows: 10_000, seed: 1 }).truth();
    const counted = (t: Truth): [string, number, number][] => t.incidents.map((i) => [i.id, i.rows, i.objects.length]);
    expect(counted(small)).toEqual(counted(truth));
    expect(small.incidents).toHaveLength(9);
  });

  it('has every incident in the records, row for row', () => {
    for (const each of truth.incidents.filter(({ id }) => !id.endsWith('account-sas'))) {
      const rows = rowsOf(each);
      const wider = truth.incidents.some(
        (other) => other !== each && other.start >= each.start && other.end <= each.end,
      );
      expect(wider, each.id).toBe(false);
      expect(rows, each.id).toHaveLength(each.rows);
      expect(sum(rows.map(({ bytesOut }) => bytesOut)), each.id).toBe(each.bytes_out);
      const objects = rows.filter(({ object }) => object.split('/').length > 3).map(({ object }) => object);
      expect(new Set(objects), each.id).toEqual(
        new Set(each.objects.map((object) => `/${each.entity.account}/${object}`)),
      );
    }
  });

  it('uses two account SAS with every power, one of them until 2051', () => {
    const grants = ['long-lived-account-sas', 'never-expiring-account-sas'].map((id) => {
      const { token_hash } = incident(truth, id).entity;
      const row = leakRows.find(({ token }) => token === token_hash);
      return Object.fromEntries(new URL(row?.uri ?? '').searchParams);
    });
    expect(grants.map(({ ss, srt, sp, se }) => [ss, srt, sp, se?.slice(0, 10)])).toEqual([
      ['b', 'sco', 'rwdlacupx', '2021-10-05'],
      ['b', 'sco', 'rwdlacupx', '2051-10-05'],
    ]);
  });

  it('drains more than 10 GiB in 15 minutes every day, and more than 1,000 objects on three', () => {
    const rows = rowsOf(incident(truth, 'workstation-drain'));
    const days = [...new Set(rows.map(({ time }) => Math.floor(time / 86_400_000)))];
    const peaks = days.map((d) =>
      busiest(
        rows.filter(({ time }) => Math.floor(time / 86_400_000) === d),
        15,
      ),
    );
    expect(peaks).toHaveLength(9);
    expect(peaks.every(({ bytes }) => bytes > bulk)).toBe(true);
    expect(peaks.filter(({ objects }) => objects >= 1_000)).toHaveLength(3);
  });

  it('overwrites 130 objects within 15 minutes that the same token had read that day', () => {
    const rows = rowsOf(incident(truth, 'model-overwrite-burst'));
    const writes = rows.filter(({ operation }) => operation === 'PutBlob');
    const read = new Set(rows.filter(({ operation }) => operation === 'GetBlob').map(({ object }) => object));
    expect(busiest(writes, 15).objects).toBe(130);
    expect(writes.every(({ object }) => read.has(object))).toBe(true);
  });

  it('deletes 120 objects within ten minutes', () => {
    expect(busiest(rowsOf(incident(truth, 'model-deletion')), 10).objects).toBe(120);
  });

  it('leaves the leaked tokens reading only, at least a hundred times, before each new kind of use', () => {
    const { token_hash } = incident(truth, 'never-expiring-account-sas').entity;
    const before = leakRows.filter(
      ({ token, time }) => token === token_hash && time < Date.parse(incident(truth, 'account-enumeration').start),
    );
    expect(before.length).toBeGreaterThan(100);
    expect(new Set(before.map(({ operation }) => operation))).toEqual(new Set(['GetBlob', 'GetBlobProperties']));
  });

  it('gives the downloads of a leaked token no bulk read', () => {
    const story = new Set(truth.incidents.flatMap(({ caller_ips }) => caller_ips));
    const { token_hash } = incident(truth, 'never-expiring-account-sas').entity;
    const crowd = leakRows.filter((row) => row.token === token_hash && !story.has(row.callerIp.replace(/:\d+$/, '')));
    const { objects, bytes } = busiest(crowd, 15);
    expect(objects).toBeLessThan(1_000);
    expect(bytes).toBeLessThan(bulk);
  });

  it('keeps attackers in networks nobody else uses', () => {
    const network = ({ callerIp }: Row): string => callerIp.split('.').slice(0, 3).join('.');
    const attackers = ['203.0.113', '198.51.100', '192.0.2'];
    const strangers = leakRows.filter((row) => attackers.includes(network(row)));
    const told = sum(truth.incidents.filter(({ id }) => !id.endsWith('account-sas')).map(({ rows }) => rows));
    expect(strangers).toHaveLength(told);
  });

  it('has no success with key1 after its rotation', () => {
    const rotated = Date.parse('2023-06-24T08:00Z');
    const key1 = leakRows.filter(
      (row) => row.account === 'robustnessws' && row.time >= rotated && row.text.includes('"tokenHash":"key1('),
    );
    expect(key1).toHaveLength(20);
    expect(key1.every(({ status }) => status === 403)).toBe(true);
  });
});

describe('generate', () => {
  it('tells the truth without the records being read', () => {
    const fresh = generate({ scenario: 'robust-models', rows: 12_000, seed: 42 });
    expect(fresh.truth()).toEqual(leak.truth());
  });

  it('leaves the sums alone when it shows signatures', () => {
    const options = { scenario: 'benign-day', rows: 1_000, seed: 9, unredacted: 0.5 };
    const generation = generate(options);
    const shown = [...generation.records()].filter((text) => /sig=(?!XXXXX)/.test(text));
    const secrets = generation.secrets();
    expect(shown.length).toBeGreaterThan(50);
    for (const text of shown) expect(secrets.some(({ url }) => text.includes(url.split('?')[1]!))).toBe(true);
  });

  it.each([
    ['an unknown scenario', { scenario: 'nothing', rows: 10_000, seed: 1 }],
    ['too few rows', { scenario: 'robust-models', rows: 9_999, seed: 1 }],
    ['a broken row count', { scenario: 'robust-models', rows: 10_000.5, seed: 1 }],
    ['a negative seed', { scenario: 'robust-models', rows: 10_000, seed: -1 }],
    ['days of a story that has its own', { scenario: 'robust-models', rows: 10_000, seed: 1, days: 3 }],
    ['no time at all', { scenario: 'benign-month', rows: 10_000, seed: 1, days: 0 }],
    ['half an account', { scenario: 'benign-month', rows: 10_000, seed: 1, accounts: 0.5 }],
    ['a fraction above one', { scenario: 'robust-models', rows: 10_000, seed: 1, oddities: 1.1 }],
  ])('refuses %s', (_what, options) => {
    expect(() => generate(options)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('refuses an estate whose attacks leave no room for its habits', () => {
    const generation = generate({ scenario: 'estate', rows: 12_000, seed: 1, days: 60 });
    expect(() => generation.truth()).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('lists its scenarios', () => {
    expect(scenarioNames).toEqual(['robust-models', 'benign-day', 'benign-month', 'estate']);
  });
});
