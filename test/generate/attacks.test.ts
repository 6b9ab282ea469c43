import { describe, expect, it } from 'vitest';
import { attacks } from '../../src/generate/attacks/attacks.ts';
import { generate } from '../../src/generate/scenario.ts';
import type { TruthIncident } from '../../src/generate/truth.ts';

interface Row {
  readonly time: number;
  readonly token: string;
  readonly account: string;
  readonly object: string;
  readonly address: string;
  readonly operation: string;
  readonly status: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly text: string;
}

function parsed(text: string): Row {
  const { properties, ...record } = JSON.parse(text);
  return {
    time: Date.parse(record.time),
    token: /SasSignature\(([^)]*)\)/.exec(record.identity.tokenHash ?? '')?.[1] ?? '',
    account: properties.accountName,
    object: properties.objectKey,
    address: record.callerIpAddress.replace(/:\d+$/, ''),
    operation: record.operationName,
    status: record.statusCode,
    bytesOut: properties.responseBodySize ?? 0,
    bytesIn: properties.requestBodySize ?? 0,
    text,
  };
}

const options = { scenario: 'estate', rows: 40_000, seed: 11, days: 20, accounts: 3, duplicates: 0, late: 0 };
const generation = generate(options);
const rows = [...generation.records()].map(parsed);
const truth = generation.truth();

function incident(kind: string): TruthIncident {
  const found = truth.incidents.find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`no incident ${kind}`);
  return found;
}

/** An incident's rows as an investigator finds them: by tokens, addresses and time. */
function rowsOf({ entity, token_hashes, start, end, caller_ips }: TruthIncident): Row[] {
  const [from, to] = [Date.parse(start), Date.parse(end) + 1];
  const hashes = new Set(token_hashes);
  return rows.filter(
    (row) =>
      hashes.has(row.token) &&
      row.account === entity.account &&
      row.time >= from &&
      row.time <= to &&
      caller_ips.includes(row.address),
  );
}

const ofOperation = (list: readonly Row[], name: string): Row[] => list.filter(({ operation }) => operation === name);
const objectsOf = (list: readonly Row[]): Set<string> => new Set(list.map(({ object }) => object));
const earlierThan = (list: readonly Row[], { start }: TruthIncident): Row[] =>
  list.filter(({ time }) => time < Date.parse(start));

describe.each(attacks.map(({ kind }) => kind))('%s', (kind) => {
  it('is in the log row for row, with exactly the objects of the truth', () => {
    const told = incident(kind);
    const found = rowsOf(told);
    expect(found).toHaveLength(told.rows);
    expect(found.reduce((sum, { bytesOut }) => sum + bytesOut, 0)).toBe(told.bytes_out);
    expect(found.reduce((sum, { bytesIn }) => sum + bytesIn, 0)).toBe(told.bytes_in);
    const withObject = found.filter(({ object }) => object.split('/').length > 3);
    expect(objectsOf(withObject)).toEqual(new Set(told.objects.map((object) => `/${told.entity.account}/${object}`)));
    expect(told.tactic).toMatch(/^(Exfiltration|Impact|Initial Access)$/);
    expect(told.rules).not.toEqual([]);
  });

  it('lies within the estate, in its second half but for the slow one', () => {
    const { start, end } = incident(kind);
    const from = Date.parse('2024-06-03T00:00Z') + (kind === 'slow-drain' ? 7 : 10) * 86_400_000;
    expect(Date.parse(start)).toBeGreaterThan(from);
    expect(Date.parse(end)).toBeLessThan(Date.parse('2024-06-23T00:00Z'));
  });
});

it('happens elsewhere, to other sizes and at other times with another seed', () => {
  const other = generate({ ...options, seed: 12 }).truth();
  const facts = ({ incidents }: typeof truth) =>
    incidents.map(({ start, caller_ips, rows: n }) => [start, caller_ips, n]);
  const same = facts(other).filter((fact, i) => JSON.stringify(fact) === JSON.stringify(facts(truth)[i]));
  expect(same).toEqual([]);
});

it('gives the same estate again for the same seed, duplicates and late records too', () => {
  const again = { ...options, rows: 30_000, duplicates: 0.02, late: 0.001 };
  const [one, two] = [generate(again), generate(again)];
  const texts = [...one.records()];
  expect([...two.records()]).toEqual(texts);
  expect(two.truth()).toEqual(one.truth());
  expect(new Set(texts).size).toBe(30_000);
  expect(texts.length).toBeGreaterThan(30_400);
});

it('uses tokens that their owners have used for days before, except the minted ones', () => {
  for (const kind of attacks.map((attack) => attack.kind).filter((each) => each !== 'stolen-signer')) {
    const told = incident(kind);
    const earlier = earlierThan(rows, told).filter(({ token }) => token === told.entity.token_hash);
    expect(earlier.length, kind).toBeGreaterThan(20);
    expect(new Set(earlier.map(({ time }) => Math.floor(time / 86_400_000))).size, kind).toBeGreaterThanOrEqual(7);
  }
});

describe('what is done by', () => {
  const spanMinutes = (list: readonly Row[]): number => (list.at(-1)!.time - list[0]!.time) / 60_000;

  it.each(['fast-drain', 'private-drain'])('%s: over a thousand objects within 15 minutes', (kind) => {
    const reads = ofOperation(rowsOf(incident(kind)), 'GetBlob');
    expect(objectsOf(reads).size).toBeGreaterThan(1_100);
    expect(spanMinutes(reads)).toBeLessThan(15);
    expect(reads.every(({ address }) => address.startsWith('10.'))).toBe(kind === 'private-drain');
  });

  it('slow-drain: most of the container, at about 1 % of the owner’s bytes', () => {
    const told = incident('slow-drain');
    const known = objectsOf(
      rows.filter(({ object }) => object.startsWith(`/${told.entity.account}/contracts/signed/`)),
    );
    expect(told.objects.length / known.size).toBeGreaterThan(0.5);
    const owner = rows.filter(
      ({ token, address, time }) =>
        token === told.entity.token_hash &&
        !told.caller_ips.includes(address) &&
        time >= Date.parse(told.start) &&
        time <= Date.parse(told.end),
    );
    const share = told.bytes_out / owner.reduce((sum, { bytesOut }) => sum + bytesOut, 0);
    expect(share).toBeGreaterThan(0.005);
    expect(share).toBeLessThan(0.02);
  });

  it('hidden-deletes: fewer than a lifecycle rule deletes beside it at that moment', () => {
    const told = incident('hidden-deletes');
    const beside = rows.filter(
      (row) =>
        row.text.includes('TrustedAccessSas') &&
        row.object.startsWith(`/${told.entity.account}/retained/`) &&
        row.time >= Date.parse(told.start) - 120_000 &&
        row.time <= Date.parse(told.end) + 120_000,
    );
    expect(ofOperation(beside, 'DeleteBlob').length).toBeGreaterThan(2 * told.rows);
  });

  it('same-size-overwrite: objects that existed, each with the bytes it had', () => {
    const told = incident('same-size-overwrite');
    const first = new Map(
      ofOperation(earlierThan(rows, told), 'PutBlob').map(({ object, bytesIn, account }) => [
        `${account}${object}`,
        bytesIn,
      ]),
    );
    const writes = ofOperation(rowsOf(told), 'PutBlob');
    expect(writes.length).toBeGreaterThan(120);
    for (const { account, object, bytesIn } of writes) expect(first.get(`${account}${object}`)).toBe(bytesIn);
  });

  it('encrypt-and-delete: each object read, written beside itself, deleted', () => {
    const found = rowsOf(incident('encrypt-and-delete'));
    const [read, written, deleted] = ['GetBlob', 'PutBlob', 'DeleteBlob'].map((name) => ofOperation(found, name));
    expect(objectsOf(deleted!)).toEqual(objectsOf(read!));
    expect(objectsOf(written!)).toEqual(new Set(read!.map(({ object }) => `${object}.locked`)));
  });

  it('customer-key-lock: overwritten under a customer key, then refused to the reader', () => {
    const found = rowsOf(incident('customer-key-lock'));
    const locked = objectsOf(ofOperation(found, 'PutBlob'));
    const refused = found.filter(({ status }) => status === 409);
    expect(refused.length).toBeGreaterThan(15);
    expect(refused.every(({ object }) => locked.has(object))).toBe(true);
    expect(refused.every(({ text }) => text.includes('BlobUsesCustomerSpecifiedEncryption'))).toBe(true);
  });

  it('poisoned-file: one object that its owner had written and others had read', () => {
    const told = incident('poisoned-file');
    const [object] = told.objects;
    const earlier = earlierThan(rows, told).filter((row) => row.object === `/${told.entity.account}/${object}`);
    expect(ofOperation(earlier, 'PutBlob').length).toBeGreaterThan(5);
    expect(earlier.filter(({ text }) => text.includes('"Anonymous"')).length).toBeGreaterThan(20);
  });

  it('internal-token-external: private addresses before, one public address now', () => {
    const told = incident('internal-token-external');
    const earlier = earlierThan(rows, told).filter(({ token }) => token === told.entity.token_hash);
    expect(earlier.every(({ address }) => address.startsWith('10.'))).toBe(true);
    expect(told.caller_ips).toHaveLength(1);
  });

  it('sleeping-token: not used for 60 days', () => {
    const told = incident('sleeping-token');
    const earlier = earlierThan(rows, told).filter(({ token }) => token === told.entity.token_hash);
    expect(Date.parse(told.start) - earlier.at(-1)!.time).toBeGreaterThan(60 * 86_400_000);
  });

  it('stolen-signer: 500 tokens of one key from one address', () => {
    const told = incident('stolen-signer');
    expect(new Set(rowsOf(told).map(({ token }) => token)).size).toBe(500);
    expect([told.caller_ips.length, told.objects.length]).toEqual([1, 500]);
  });

  it('cross-tenant-copy: read by the storage service for another subscription', () => {
    const found = rowsOf(incident('cross-tenant-copy'));
    expect(found.every(({ address, text }) => address.startsWith('52.239.') && text.includes('ffffffff-0000'))).toBe(
      true,
    );
  });
});
