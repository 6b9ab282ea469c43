import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { EventHubProducerClient } from '@azure/event-hubs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourcePosition } from '../../src/core/position.ts';
import { EventHubEndpoint } from '../../src/eventhub/server.ts';
import type { Delivery, Source } from '../../src/ingest/source.ts';
import { BlobArchiveSource } from '../../src/ingest/sources/archive/blob-archive.ts';
import { BlobArchivePlan } from '../../src/ingest/sources/archive/plan.ts';
import type { CreateSource } from '../../src/ingest/sources/assignment.ts';
import { EventHubsSource } from '../../src/ingest/sources/event-hubs.ts';
import { EventHubsPlan } from '../../src/ingest/sources/event-hubs-plan.ts';
import { FileSource } from '../../src/ingest/sources/file.ts';
import { FilePlan, type SourcePlan } from '../../src/ingest/sources/plan.ts';
import { WorkQueue } from '../../src/ingest/sources/work-queue.ts';
import { Azurite, account } from '../azurite/azurite.ts';

/** One source kind under test: how to put records where it reads, and how it is shared out from given positions. */
interface Fixture {
  fill(records: readonly string[]): Promise<void>;
  plan(committed: (source: string, partition: string) => SourcePosition | undefined): Promise<SourcePlan>;
  close(): Promise<void>;
}

const records = Array.from({ length: 60 }, (_, n) =>
  JSON.stringify({ operationName: 'GetBlob', n, text: 'é'.repeat(n) }),
);

async function fileFixture(write: (path: string, lines: readonly string[]) => Promise<void>): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'saswatch-source-'));
  return {
    async fill(lines) {
      await write(join(folder, 'a.json'), lines.slice(0, 25));
      await write(join(folder, 'b.json'), lines.slice(25));
    },
    async plan(committed) {
      const plan = new FilePlan(
        { paths: [folder], once: true, tail: 'take', stdinName: 'stdin', logged: null },
        committed,
      );
      await plan.open();
      return plan;
    },
    close: () => rm(folder, { recursive: true }),
  };
}

let azurite: Promise<Azurite> | undefined;
let containers = 0;
afterAll(async () => (await azurite)?.stop());

async function blobFixture(ending: string, encode: (lines: readonly string[]) => Buffer): Promise<Fixture> {
  azurite ??= Azurite.start();
  const { service, connectionString } = await azurite;
  const name = `insights-logs-storageread-${containers++}`;
  const container = service.getContainerClient(name);
  await container.create();
  const upload = async (hour: string, lines: readonly string[]) => {
    const blob = container.getAppendBlobClient(`resourceId=/subscriptions/0/y=2023/m=06/d=22/h=${hour}/m=00/${ending}`);
    await blob.create();
    const bytes = encode(lines);
    await blob.appendBlock(bytes, bytes.length);
  };
  return {
    async fill(lines) {
      await upload('10', lines.slice(0, 25));
      await upload('11', lines.slice(25));
    },
    async plan(committed) {
      const plan = new BlobArchivePlan(
        {
          urls: [{ account, container: name, prefix: '' }],
          connection: { endpoint: null, connectionString, sas: null, accountKey: null },
          requestsPerSecond: null,
          logged: null,
          tail: 'take',
          once: true,
          lookAgainMs: 50,
          clock: () => new Date(),
        },
        committed,
      );
      await plan.open();
      return plan;
    },
    close: () => container.delete().then(() => {}),
  };
}

async function eventHubsFixture(): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'saswatch-source-'));
  const endpoint = await EventHubEndpoint.start({
    dataDir: folder,
    hubs: [{ name: 'logs', partitions: 2 }],
    keys: { reader: 'c3ludGhldGlj' },
  });
  const connectionString = endpoint.connectionString('logs');
  return {
    async fill(lines) {
      const producer = new EventHubProducerClient(connectionString, 'logs');
      for (let at = 0; at < lines.length; at += 5) {
        const body = Buffer.from(`{"records":[${lines.slice(at, at + 5).join(',')}]}`);
        await producer.sendBatch([{ body }], { partitionId: String((at / 5) % 2) });
      }
      await producer.close();
    },
    async plan(committed) {
      const connection = {
        eventHubName: 'logs',
        consumerGroup: '$Default',
        connectionString,
        fullyQualifiedNamespace: null,
      };
      const plan = new EventHubsPlan({ connection, start: 'earliest', once: true }, committed);
      await plan.open();
      plan.lanesFor(1);
      return plan;
    },
    async close() {
      await endpoint.close();
      await rm(folder, { recursive: true });
    },
  };
}

const kinds: Record<string, () => Promise<Fixture>> = {
  'file, lines': () => fileFixture((path, lines) => writeFile(path, `${lines.join('\n')}\n`)),
  'file, gzip': () => fileFixture((path, lines) => writeFile(path, gzipSync(`${lines.join('\r\n')}\r\n`))),
  'file, bodies': () =>
    fileFixture((path, lines) => writeFile(path, lines.map((line) => `{\n "records": [\n${line}\n]\n}`).join('\n'))),
  'blob-archive, lines': () => blobFixture('PT1H.json', (lines) => Buffer.from(`${lines.join('\n')}\n`)),
  'blob-archive, gzip': () => blobFixture('export.json.gz', (lines) => gzipSync(`${lines.join('\n')}\n`)),
  'event-hubs': eventHubsFixture,
};

type Positions = Map<string, SourcePosition>;
const key = (source: string, partition: string) => `${source} ${partition}`;

/** As the modules of `workers` do, each for its own kind. */
const createSource: CreateSource = (assignment, deps) => {
  if (assignment.kind === 'file') return new FileSource(deps);
  return assignment.kind === 'event-hubs' ? new EventHubsSource(assignment) : new BlobArchiveSource(assignment, deps);
};

async function open(fixture: Fixture, positions: Positions = new Map()): Promise<Source> {
  const plan = await fixture.plan((source, partition) => positions.get(key(source, partition)));
  const assignment = plan.assignment(0);
  if (assignment === null) throw new Error('nothing to read');
  const work = new WorkQueue((finished) => plan.nextWork(0, finished));
  return createSource(assignment, { nextWork: (finished) => work.next(finished) });
}

/** The `n` of every record of a delivery, read now: its bytes are borrowed. */
function numbers({ bytes, framing }: Delivery): number[] {
  const text = Buffer.from(bytes).toString('utf8');
  const bodies = framing === 'records' ? text.split(/(?<=\]\s*\})\s*(?=\{)/) : text.split('\n');
  return bodies
    .filter((body) => body.trim() !== '')
    .flatMap((body) => {
      const value = JSON.parse(body);
      return (framing === 'records' ? value.records : [value]).map((record: { n: number }) => record.n);
    });
}

async function readAll(source: Source, signal = new AbortController().signal) {
  const read: { delivery: Delivery; numbers: number[] }[] = [];
  for await (const delivery of source.read(signal)) {
    read.push({ delivery, numbers: numbers(delivery) });
    await delivery.ack();
  }
  return read;
}

describe.each(Object.entries(kinds))('source contract: %s', (_, create) => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await create();
    await fixture.fill(records);
  });
  afterEach(() => fixture.close());

  it('delivers every record once, each partition in order and without gaps', async () => {
    const read = await readAll(await open(fixture));
    expect(read.flatMap((each) => each.numbers).sort((a, b) => a - b)).toEqual(records.map((_, n) => n));
    const reached: Positions = new Map();
    for (const { delivery, numbers } of read) {
      const at = key(delivery.from.source, delivery.from.partition);
      expect(delivery.from.offset).toBe(reached.get(at)?.offset ?? 0n);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      reached.set(at, delivery.to);
    }
  });

  it('resumes behind any committed delivery', async () => {
    const read = await readAll(await open(fixture));
    for (const cut of [1, Math.floor(read.length / 2), read.length - 1]) {
      const positions: Positions = new Map();
      for (const { delivery } of read.slice(0, cut))
        positions.set(key(delivery.to.source, delivery.to.partition), delivery.to);
      const rest = await readAll(await open(fixture, positions));
      const all = [...read.slice(0, cut), ...rest].flatMap((each) => each.numbers);
      expect(all.sort((a, b) => a - b)).toEqual(records.map((_, n) => n));
    }
  });

  it('loses and doubles nothing when a reader dies between deliveries', async () => {
    const positions: Positions = new Map();
    const seen: number[] = [];
    for (let life = 0; life < 200; life++) {
      let died = false;
      for await (const delivery of (await open(fixture, positions)).read(new AbortController().signal)) {
        seen.push(...numbers(delivery));
        positions.set(key(delivery.to.source, delivery.to.partition), delivery.to);
        if (seen.length % 3 === 0) {
          died = true;
          break;
        }
      }
      if (!died) break;
    }
    expect(seen.sort((a, b) => a - b)).toEqual(records.map((_, n) => n));
  });

  it('ends quietly when the signal aborts, before or amid reading', async () => {
    const stopped = new AbortController();
    stopped.abort();
    expect(await readAll(await open(fixture), stopped.signal)).toEqual([]);
    const amid = new AbortController();
    let deliveries = 0;
    for await (const _ of (await open(fixture)).read(amid.signal)) {
      deliveries++;
      amid.abort();
    }
    expect(deliveries).toBeGreaterThan(0);
  });
});
