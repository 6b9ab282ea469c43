import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EventHubEndpoint } from '../../src/eventhub/server.ts';
import {
  atLeast,
  consumerOf,
  numbered,
  producerOf,
  type Received,
  receive,
  startEndpoint,
  temporaryFolder,
} from './fixture.ts';

const bodies = (events: readonly Received[]) => events.map(({ body }) => body);

describe('EventHubEndpoint', () => {
  it('gives a consumer what a producer sent, in order', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    const producer = producerOf(connectionString);
    for (let batch = 0; batch < 5; batch += 1) {
      await producer.sendBatch(numbered(40, `batch ${batch}`), { partitionId: '1' });
    }
    const events = await receive(consumerOf(connectionString), '1', atLeast(200));
    expect(bodies(events)).toEqual(
      [0, 1, 2, 3, 4].flatMap((batch) => numbered(40, `batch ${batch}`).map(({ body }) => body)),
    );
    expect(events.map(({ sequenceNumber }) => sequenceNumber)).toEqual(events.map((_, at) => at));
  });

  it('keeps bodies of every kind, properties and message ids', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    const sent = [
      { body: { nested: [1, 'two', null] }, properties: { text: 'ä', number: 7, flag: true }, messageId: 'id-1' },
      { body: Buffer.from([0, 255, 1]), contentType: 'application/octet-stream', correlationId: 'c' },
      { body: 'text', properties: {} },
    ];
    await producerOf(connectionString).sendBatch(sent, { partitionId: '0' });
    const received = await receive(consumerOf(connectionString), '0', atLeast(3));
    expect(received).toMatchObject([sent[0], sent[1], { body: 'text' }]);
  });

  it('describes the hub and its partitions', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    const producer = producerOf(connectionString);
    expect(await producer.getEventHubProperties()).toMatchObject({ name: 'logs', partitionIds: ['0', '1'] });
    expect(await producer.getPartitionProperties('1')).toMatchObject({ isEmpty: true, lastEnqueuedSequenceNumber: -1 });
    await producer.sendBatch(numbered(3), { partitionId: '1' });
    const last = (await receive(consumerOf(connectionString), '1', atLeast(3))).at(-1);
    expect(await producer.getPartitionProperties('1')).toEqual({
      partitionId: '1',
      eventHubName: 'logs',
      isEmpty: false,
      beginningSequenceNumber: 0,
      lastEnqueuedSequenceNumber: 2,
      lastEnqueuedOffset: last?.offset,
      lastEnqueuedOnUtc: last?.enqueuedTimeUtc,
    });
    await expect(producer.getPartitionProperties('2')).rejects.toMatchObject({ code: 'ArgumentOutOfRangeError' });
  });

  it('sends events of one partition key to one partition and names the key', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    const producer = producerOf(connectionString);
    for (let at = 0; at < 4; at += 1)
      await producer.sendBatch(numbered(1, `call ${at}`), { partitionKey: 'account-a' });
    const filled = await Promise.all(['0', '1'].map((id) => producer.getPartitionProperties(id)));
    const [home] = filled.filter(({ isEmpty }) => !isEmpty);
    expect(home?.lastEnqueuedSequenceNumber).toBe(3);
    const events = await receive(consumerOf(connectionString), home?.partitionId ?? '', atLeast(4));
    expect(events.map(({ partitionKey }) => partitionKey)).toEqual(Array(4).fill('account-a'));
  });

  it('spreads events without a key over the partitions', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    const producer = producerOf(connectionString);
    for (let at = 0; at < 4; at += 1) await producer.sendBatch(numbered(1));
    const filled = await Promise.all(['0', '1'].map((id) => producer.getPartitionProperties(id)));
    expect(filled.map(({ lastEnqueuedSequenceNumber }) => lastEnqueuedSequenceNumber)).toEqual([1, 1]);
  });

  it('starts a consumer at an offset, a sequence number, a time, exclusive or inclusive', async () => {
    const begin = Date.now();
    let now = begin;
    const connectionString = (await startEndpoint({ now: () => now })).connectionString('logs');
    const producer = producerOf(connectionString);
    for (let at = 0; at < 6; at += 1) {
      now = begin + at * 1000;
      await producer.sendBatch([{ body: at }], { partitionId: '0' });
    }
    const consumer = consumerOf(connectionString);
    const third = (await receive(consumer, '0', atLeast(6)))[2]!;
    const from = async (position: Parameters<typeof receive>[3], count: number) =>
      bodies(await receive(consumer, '0', atLeast(count), position));
    expect(await from({ offset: third.offset }, 3)).toEqual([3, 4, 5]);
    expect(await from({ offset: third.offset, isInclusive: true }, 4)).toEqual([2, 3, 4, 5]);
    expect(await from({ sequenceNumber: 3 }, 2)).toEqual([4, 5]);
    expect(await from({ sequenceNumber: 3, isInclusive: true }, 3)).toEqual([3, 4, 5]);
    expect(await from({ enqueuedOn: third.enqueuedTimeUtc }, 3)).toEqual([3, 4, 5]);
    expect(await from({ enqueuedOn: third.enqueuedTimeUtc.getTime() - 1 }, 4)).toEqual([2, 3, 4, 5]);
  });

  it('gives a consumer that starts at the end only what comes after it', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    const producer = producerOf(connectionString);
    await producer.sendBatch(numbered(20, 'old'), { partitionId: '0' });
    let waiting = true;
    const received = receive(consumerOf(connectionString), '0', atLeast(1), { offset: '@latest' }).finally(() => {
      waiting = false;
    });
    for (let at = 0; waiting; at += 1) await producer.sendBatch(numbered(1, `new ${at}`), { partitionId: '0' });
    expect(bodies(await received)[0]).toMatch(/^new /);
  });

  it('gives a consumer that has read everything each new event', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    const producer = producerOf(connectionString);
    await producer.sendBatch(numbered(2, 'old'), { partitionId: '0' });
    let sent: Promise<void> | undefined;
    const events = await receive(consumerOf(connectionString), '0', (all) => {
      if (all.length === 2) sent ??= producer.sendBatch(numbered(1, 'new'), { partitionId: '0' });
      return all.length === 3;
    });
    await sent;
    expect(bodies(events)).toEqual(['old 0', 'old 1', 'new 0']);
  });

  it('serves many consumers of all partitions and groups at once', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    const producer = producerOf(connectionString);
    for (const partitionId of ['0', '1']) await producer.sendBatch(numbered(500, partitionId), { partitionId });
    const received = await Promise.all(
      ['$Default', 'second', '$default', 'SECOND'].flatMap((group) =>
        ['0', '1'].map((id) => receive(consumerOf(connectionString, group), id, atLeast(500))),
      ),
    );
    for (const events of received) {
      expect(bodies(events)).toEqual(numbered(500, events[0]?.partitionId).map(({ body }) => body));
    }
  });

  it('lets the load balancing of the SDK read a whole hub', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    const producer = producerOf(connectionString);
    for (const partitionId of ['0', '1']) await producer.sendBatch(numbered(30, partitionId), { partitionId });
    const consumer = consumerOf(connectionString);
    const counts = new Map<string, number>();
    await new Promise<void>((resolve, reject) => {
      const subscription = consumer.subscribe(
        {
          async processEvents(events, { partitionId }) {
            counts.set(partitionId, (counts.get(partitionId) ?? 0) + events.length);
            if (counts.get('0') === 30 && counts.get('1') === 30) void subscription.close().then(resolve);
          },
          async processError(error) {
            reject(error);
          },
        },
        { startPosition: { offset: '-1' }, maxBatchSize: 100 },
      );
    });
    expect(Object.fromEntries(counts)).toEqual({ 0: 30, 1: 30 });
  });

  it('carries events of a megabyte through a window smaller than the log', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    const producer = producerOf(connectionString);
    const sent = Array.from({ length: 24 }, () => randomBytes(1_040_000));
    for (const body of sent) await producer.sendBatch([{ body }], { partitionId: '0' });
    const events = await receive(consumerOf(connectionString), '0', atLeast(24), undefined, {
      skipParsingBodyAsJson: true,
    });
    expect(events.every(({ body }, at) => sent[at]?.equals(body))).toBe(true);
    expect(events).toHaveLength(24);
  });

  it('tells a consumer that asks how far the partition goes', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    await producerOf(connectionString).sendBatch(numbered(5), { partitionId: '0' });
    const consumer = consumerOf(connectionString);
    const seen = await new Promise<number | undefined>((resolve, reject) => {
      const subscription = consumer.subscribe(
        '0',
        {
          async processEvents(events, context) {
            if (events.length === 0) return;
            await subscription.close();
            resolve(context.lastEnqueuedEventProperties?.sequenceNumber);
          },
          async processError(error) {
            reject(error);
          },
        },
        { startPosition: { offset: '-1' }, maxBatchSize: 1, trackLastEnqueuedEventProperties: true },
      );
    });
    expect(seen).toBe(4);
  });

  it('refuses a transfer above one megabyte and takes the next', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    const producer = producerOf(connectionString);
    const oversize = producer.sendBatch([{ body: Buffer.alloc(1 << 20) }], { partitionId: '0' });
    await expect(oversize).rejects.toMatchObject({ code: 'MessageTooLargeError' });
    await producer.sendBatch(numbered(1), { partitionId: '0' });
    expect(await producer.getPartitionProperties('0')).toMatchObject({ lastEnqueuedSequenceNumber: 0 });
  });

  it('refuses a wrong key and a key it does not have', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    for (const wrong of [
      connectionString.replace('bm90IGEgc2VjcmV0', 'd3Jvbmc='),
      connectionString.replace('SharedAccessKeyName=root', 'SharedAccessKeyName=other'),
    ]) {
      await expect(producerOf(wrong).sendBatch(numbered(1))).rejects.toMatchObject({ code: 'UnauthorizedError' });
      await expect(producerOf(wrong).getEventHubProperties()).rejects.toMatchObject({ code: 'UnauthorizedError' });
      await expect(receive(consumerOf(wrong), '0', () => false)).rejects.toMatchObject({ code: 'UnauthorizedError' });
    }
  });

  it('refuses hubs, groups, partitions and positions that it does not have', async () => {
    const connectionString = (await startEndpoint()).connectionString('logs');
    const notFound = { code: 'MessagingEntityNotFoundError' };
    const elsewhere = connectionString.replace('EntityPath=logs', 'EntityPath=other');
    await expect(producerOf(elsewhere).sendBatch(numbered(1))).rejects.toMatchObject(notFound);
    await expect(producerOf(elsewhere).getEventHubProperties()).rejects.toMatchObject(notFound);
    await expect(receive(consumerOf(connectionString, 'none'), '0', () => false)).rejects.toMatchObject(notFound);
    const outOfRange = { code: 'ArgumentOutOfRangeError' };
    await expect(receive(consumerOf(connectionString), '7', () => false)).rejects.toMatchObject(outOfRange);
    const beyond = receive(consumerOf(connectionString), '0', () => false, { sequenceNumber: 5 });
    await expect(beyond).rejects.toMatchObject({ code: 'ArgumentError' });
  });

  it('keeps everything over a restart and counts on', async () => {
    const dataDir = await temporaryFolder();
    const first = await startEndpoint({ dataDir });
    await producerOf(first.connectionString('logs')).sendBatch(numbered(3, 'before'), { partitionId: '0' });
    await first.close();
    const connectionString = (await startEndpoint({ dataDir })).connectionString('logs');
    await producerOf(connectionString).sendBatch(numbered(2, 'after'), { partitionId: '0' });
    const events = await receive(consumerOf(connectionString), '0', atLeast(5));
    expect(bodies(events)).toEqual(['before 0', 'before 1', 'before 2', 'after 0', 'after 1']);
    expect(events.map(({ sequenceNumber }) => sequenceNumber)).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(events.map(({ offset }) => offset)).size).toBe(5);
  });

  it('serves a folder alone', async () => {
    const dataDir = await temporaryFolder();
    await startEndpoint({ dataDir });
    await expect(startEndpoint({ dataDir })).rejects.toMatchObject({ code: 'DATA_IN_USE' });
  });

  it('refuses hubs that cannot be', async () => {
    const invalid = { code: 'CONFIG_INVALID' };
    const twice = ['logs', 'LOGS'].map((name) => ({ name, partitions: 1 }));
    await expect(startEndpoint({ hubs: twice })).rejects.toMatchObject(invalid);
    await expect(startEndpoint({ hubs: [{ name: '../logs', partitions: 1 }] })).rejects.toMatchObject(invalid);
    const dataDir = await temporaryFolder();
    await (await startEndpoint({ dataDir, hubs: [{ name: 'logs', partitions: 3 }] })).close();
    await expect(startEndpoint({ dataDir })).rejects.toMatchObject(invalid);
  });

  it('says which port is taken', async () => {
    const { port } = await startEndpoint();
    const options = { dataDir: await temporaryFolder(), hubs: [], keys: {}, port };
    await expect(EventHubEndpoint.start(options)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });
});
