import { describe, expect, it } from 'vitest';
import { estateAccount, TokenBook } from '../../src/generate/estate.ts';
import type { LogEvent } from '../../src/generate/log-event.ts';
import { patterns, patternsOf } from '../../src/generate/patterns/roles.ts';
import { Prng } from '../../src/generate/prng.ts';
import { at, dayMs, hourMs } from '../../src/generate/timeline.ts';

const period = { start: at('2024-06-03T00:00Z'), end: at('2024-06-17T00:00Z') };
const budget = 3_000;

function lived(name: string, rows = budget, seed = 7, span = period): { events: LogEvent[]; rows: number } {
  const pattern = patterns.find((each) => each.name === name);
  if (pattern === undefined) throw new Error(`no pattern ${name}`);
  const site = { account: estateAccount(0), book: new TokenBook(), prng: new Prng(seed, name), period: span };
  const plan = pattern.plan(site, rows);
  return { events: [...{ [Symbol.iterator]: () => plan.stream }], rows: plan.rows };
}

const of = (events: readonly LogEvent[], ...names: string[]): LogEvent[] =>
  events.filter(({ operation }) => names.includes(operation.name));
function groupBy<K>(events: readonly LogEvent[], keyOf: (event: LogEvent) => K): Map<K, LogEvent[]> {
  const groups = new Map<K, LogEvent[]>();
  for (const event of events) groups.set(keyOf(event), [...(groups.get(keyOf(event)) ?? []), event]);
  return groups;
}
const addressOf = ({ callerIp }: LogEvent): string => callerIp.replace(/:\d+$/, '');
const addresses = (events: readonly LogEvent[]): Set<string> => new Set(events.map(addressOf));
const tokens = (events: readonly LogEvent[]): Set<string> =>
  new Set(events.flatMap(({ caller }) => (caller.token === undefined ? [] : [caller.token.tokenHash])));
const objects = (events: readonly LogEvent[]): Set<string> => new Set(events.map(({ blob }) => blob));
const hours = (events: readonly LogEvent[]): number[] => events.map(({ time }) => (time % dayMs) / hourMs);
const days = (events: readonly LogEvent[]): Map<number, LogEvent[]> =>
  groupBy(events, ({ time }) => Math.floor(time / dayMs));
const sum = (events: readonly LogEvent[], of: 'bytesOut' | 'bytesIn'): number =>
  events.reduce((total, event) => total + event[of], 0);
const weekday = (event: LogEvent): number => new Date(event.time).getUTCDay();

describe.each(patterns.map(({ name }) => name))('%s', (name) => {
  const { events, rows } = lived(name);

  it('gives the rows it plans, in time order, within the period and never among attackers', () => {
    expect(events).toHaveLength(rows);
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(budget);
    expect(events.every(({ time }, i) => time >= (events[i - 1]?.time ?? period.start))).toBe(true);
    expect(events.at(-1)?.time).toBeLessThan(period.end);
    expect(events.every(({ activity, incident }) => activity === name && incident === '')).toBe(true);
    expect(events.some((event) => /^(203\.0\.113|198\.51\.100|192\.0\.2)\./.test(event.callerIp))).toBe(false);
  });

  it('is the same again for the same seed', () => {
    expect(lived(name).events).toEqual(events);
  });

  it('fits a tenth of the budget and a period of 15 minutes', () => {
    for (const small of [lived(name, 300), lived(name, 300, 7, { start: period.start, end: period.start + 900_000 })]) {
      expect(small.events).toHaveLength(small.rows);
      expect(small.rows).toBeLessThanOrEqual(300);
    }
  });
});

describe('the shape of', () => {
  it('a nightly backup: one or two addresses, 01:00 to 05:00, at least 50 GB a night and more on Sundays', () => {
    const { events } = lived('nightly backup');
    expect(addresses(events).size).toBeLessThanOrEqual(2);
    expect(tokens(events).size).toBe(1);
    expect(hours(events).every((hour) => hour >= 1 && hour < 5)).toBe(true);
    const nights = [...days(events).values()];
    expect(nights).toHaveLength(14);
    for (const night of nights) {
      expect(sum(night, 'bytesIn') + sum(night, 'bytesOut')).toBeGreaterThan(40e9);
      expect(night.length > 300).toBe(weekday(night[0]!) === 0);
    }
  });

  it('an AzCopy migration: a new token and one address list first, then read everything in ranges', () => {
    const { events } = lived('azcopy migration');
    expect([tokens(events).size, addresses(events).size]).toEqual([1, 1]);
    const reads = of(events, 'GetBlob');
    expect(events.findIndex(({ operation }) => operation.name === 'GetBlob')).toBe(of(events, 'ListBlobs').length);
    expect(reads.every(({ statusCode, rangeStart }) => statusCode === 206 && rangeStart >= 0)).toBe(true);
    expect(events.at(-1)!.time - events[0]!.time).toBeLessThanOrEqual(7 * dayMs);
  });

  it('a server-side copy: read by the storage service, ordered by a principal, into an account of ours', () => {
    const { events } = lived('server-side copy');
    const reads = of(events, 'GetBlob');
    expect(reads.every((event) => addressOf(event).startsWith('52.239.'))).toBe(true);
    expect(reads.every(({ properties }) => properties.includes('/rg-estate/'))).toBe(true);
    expect(of(events, 'CopyBlob').every(({ caller }) => caller.token === undefined)).toBe(true);
  });

  it('lifecycle: bursts of a trusted caller between 00:00 and 06:00', () => {
    const { events } = lived('lifecycle');
    expect(tokens(events).size).toBe(0);
    expect(events.every(({ caller }) => caller.identity.includes('TrustedAccessSas'))).toBe(true);
    expect(hours(events).every((hour) => hour < 6)).toBe(true);
    for (const night of days(events).values()) expect(night.at(-1)!.time - night[0]!.time).toBeLessThan(12 * 60_000);
    expect(of(events, 'SetBlobTier').length).toBeGreaterThan(100);
    expect(of(events, 'DeleteBlob').length).toBeGreaterThan(1_000);
  });

  it('CI agents: a token and an address for each run, on working days, removing builds of earlier runs', () => {
    const { events } = lived('ci agents');
    expect(tokens(events).size).toBeGreaterThanOrEqual(50);
    expect(addresses(events).size).toBeGreaterThan(0.9 * tokens(events).size);
    expect(events.every((event) => weekday(event) % 6 !== 0)).toBe(true);
    const written = objects(of(events, 'PutBlob'));
    expect([...objects(of(events, 'DeleteBlob'))].filter((blob) => !written.has(blob))).toEqual([]);
  });

  it('a website deploy: the same files again within two minutes', () => {
    const { events } = lived('website deploy');
    const runs = [...days(events).values()];
    expect(runs).toHaveLength(10);
    for (const run of runs) {
      expect(run.at(-1)!.time - run[0]!.time).toBeLessThanOrEqual(120_000);
      expect(of(run, 'PutBlob').length).toBeGreaterThan(100);
    }
    expect(objects(of(events, 'PutBlob')).size).toBeLessThan(of(events, 'PutBlob').length / 9);
  });

  it('mobile uploads: a token an object, few addresses, a few tries after expiry', () => {
    const { events } = lived('mobile upload');
    expect(tokens(events).size).toBeGreaterThan(0.9 * events.length);
    expect(addresses(events).size).toBeLessThan(600);
    const denied = events.filter(({ statusCode }) => statusCode === 403);
    expect(denied.length).toBeGreaterThan(20);
    for (const { time, caller } of denied)
      expect(time).toBeGreaterThan(Date.parse(caller.token?.parameters['se'] ?? ''));
  });

  it('SaaS links: one object each, opened 1 to 50 times by strangers, never after expiry', () => {
    const { events } = lived('saas links');
    const byToken = [...groupBy(events, ({ caller }) => caller.token?.tokenHash).values()];
    expect(Math.max(...byToken.map(({ length }) => length))).toBeGreaterThan(10);
    for (const opens of byToken) {
      expect(opens.length).toBeLessThanOrEqual(50);
      expect(objects(opens).size).toBe(1);
    }
    for (const { time, caller } of events)
      expect(time).toBeLessThanOrEqual(Date.parse(caller.token?.parameters['se'] ?? '') + 1_000);
    expect(of(events, 'GetBlobProperties').length).toBeGreaterThan(200);
  });

  it('training: many private addresses in the same second, large ranges, one token', () => {
    const { events } = lived('ml training');
    expect(tokens(events).size).toBe(1);
    expect(events.every((event) => addressOf(event).startsWith('10.'))).toBe(true);
    const [wave] = [...groupBy(events, ({ time }) => Math.floor(time / 60_000)).values()];
    expect(addresses(wave!).size).toBeGreaterThan(10);
    expect(wave!.at(-1)!.time - wave![0]!.time).toBeLessThan(1_000);
    expect(events.every(({ statusCode, bytesOut }) => statusCode === 206 && bytesOut >= 32 << 20)).toBe(true);
  });

  it('an office: one address until the provider changes it', () => {
    const { events } = lived('nat office');
    const changes = events.filter((event, i) => i > 0 && addressOf(event) !== addressOf(events[i - 1]!));
    expect(changes.length).toBeLessThanOrEqual(1);
    const month = lived('nat office', 600, 7, { start: period.start, end: period.start + 60 * dayMs }).events;
    expect(addresses(month).size).toBeGreaterThanOrEqual(2);
  });

  it('function leases: the account key and metadata only', () => {
    const { events } = lived('function leases');
    expect(tokens(events).size).toBe(0);
    expect(new Set(events.map(({ operation }) => operation.name))).toEqual(
      new Set(['RenewBlobLease', 'SetBlobMetadata']),
    );
  });

  it('an ETL move: each object read, written elsewhere, deleted, every hour', () => {
    const { events } = lived('etl move');
    const [read, written, deleted] = ['GetBlob', 'PutBlob', 'DeleteBlob'].map((name) => objects(of(events, name)));
    expect(read).toEqual(written);
    expect(read).toEqual(deleted);
    expect(new Set(events.map(({ time }) => Math.floor(time / hourMs))).size).toBeGreaterThan(300);
  });

  it('transcoding: read, then written under the same name with another ending', () => {
    const { events } = lived('transcode');
    const sources = of(events, 'GetBlob');
    const results = of(events, 'PutBlob');
    expect(results.map(({ blob }) => blob)).toEqual(sources.map(({ blob }) => blob.replace('.mov', '.mp4')));
    expect(results.every(({ bytesIn }, i) => bytesIn < sources[i]!.bytesOut)).toBe(true);
  });

  it('an inventory scan: on Sundays, as a principal, every object once', () => {
    const { events } = lived('inventory scan');
    expect(events.every((event) => weekday(event) === 0)).toBe(true);
    for (const scan of days(events).values()) expect(objects(of(scan, 'GetBlob')).size).toBe(scan.length - 1);
    expect(tokens(events).size).toBe(0);
  });

  it('the portal: service properties, access levels and lists without SAS', () => {
    const { events } = lived('portal');
    expect(tokens(events).size).toBe(0);
    expect(of(events, 'GetContainerACL', 'GetBlobServiceProperties', 'ListBlobs').length).toBeGreaterThan(
      events.length / 2,
    );
  });

  it('a log shipper: hourly, from the log container', () => {
    const { events } = lived('log shipper');
    expect(events.every(({ container }) => container === 'insights-logs-storageread')).toBe(true);
    expect(new Set(events.map(({ time }) => Math.floor(time / hourMs))).size).toBeGreaterThan(300);
  });

  it('a key rotation: key1 before, key2 after, all tokens new within a day, few old ones tried again', () => {
    const { events } = lived('key rotation');
    const by = (key: string): LogEvent[] =>
      events.filter(({ caller, statusCode }) => caller.token?.key.name === key && statusCode === 200);
    expect(by('key1').at(-1)!.time).toBeLessThan(by('key2')[0]!.time);
    expect([tokens(by('key1')).size, tokens(by('key2')).size]).toEqual([9, 9]);
    const denied = events.filter(({ statusCode }) => statusCode === 403);
    expect(denied.length).toBeGreaterThan(0);
    expect(denied.length).toBeLessThanOrEqual(18);
  });

  it('clock skew: refused up to five minutes outside the validity, served inside', () => {
    const { events } = lived('clock skew');
    for (const { time, caller, statusCode } of events) {
      const [st, se] = ['st', 'se'].map((name) => Date.parse(caller.token?.parameters[name] ?? ''));
      expect(statusCode === 403).toBe(time < st! || time >= se!);
      expect(time).toBeGreaterThanOrEqual(st! - 5 * 60_000);
      expect(time).toBeLessThanOrEqual(se! + 5 * 60_000);
    }
    expect(events.filter(({ statusCode }) => statusCode === 403).length).toBeGreaterThan(20);
  });
});

it('gives every pattern a place at any number of accounts', () => {
  for (const accounts of [1, 2, 3, 5, 6, 7, 100]) {
    const placed = Array.from({ length: accounts }, (_, index) => patternsOf(index, accounts));
    expect(new Set(placed.flat()).size, String(accounts)).toBe(patterns.length - 1);
    expect(placed.every((own) => own.length > 0)).toBe(true);
  }
});
