import { appendFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { IncomingEvent } from '../../src/eventhub/event-message.ts';
import { PartitionLog, type PartitionLogOptions } from '../../src/eventhub/partition-log.ts';
import { temporaryFolder } from './fixture.ts';

const event = (body: Buffer): IncomingEvent => ({
  partitionKey: undefined,
  header: [],
  annotations: [],
  content: [body],
});
const events = (from: number, count: number, bytes = 20) =>
  Array.from({ length: count }, (_, at) => event(Buffer.alloc(bytes, from + at)));

async function openLog(folder: string, options?: PartitionLogOptions): Promise<PartitionLog> {
  const log = await PartitionLog.open(folder, options);
  onTestFinished(() => log.close().catch(() => {}));
  return log;
}

/** The last byte of every body, from the first event on. */
async function readAll(log: PartitionLog): Promise<number[]> {
  const marks: number[] = [];
  for (let at = log.firstSequenceNumber; at < log.nextSequenceNumber; ) {
    const messages = await log.read(at, 7, Buffer.alloc(1 << 20));
    marks.push(...messages.map((message) => message.at(-1)!));
    at += messages.length;
  }
  return marks;
}

describe('PartitionLog', () => {
  it('reads what was appended, in order, also when appends wait for one flush', async () => {
    const log = await openLog(await temporaryFolder());
    await Promise.all(Array.from({ length: 50 }, (_, at) => log.append(events(at, 1))));
    expect(await readAll(log)).toEqual(Array.from({ length: 50 }, (_, at) => at));
  });

  it('takes the next append of a caller that waited for the one before', async () => {
    const log = await openLog(await temporaryFolder());
    for (let at = 0; at < 20; at += 1) await log.append(events(at, 1));
    expect(log.nextSequenceNumber).toBe(20);
  });

  it('finds a start by offset and by time', async () => {
    let now = 1000;
    const log = await openLog(await temporaryFolder(), { now: () => now });
    await log.append(events(0, 1));
    now = 2000;
    await log.append(events(1, 2));
    now = 500;
    await log.append(events(3, 1));
    expect(log.last).toMatchObject({ sequenceNumber: 3, enqueuedTimeMs: 2000 });
    expect(log.firstFromTime(1000)).toBe(0);
    expect(log.firstFromTime(1001)).toBe(1);
    expect(log.firstFromTime(2001)).toBe(4);
    expect(log.firstFromOffset(-1)).toBe(0);
    expect(log.firstFromOffset(log.last!.offset)).toBe(3);
    expect(log.firstFromOffset(log.last!.offset + 1)).toBe(4);
  });

  it('gives at least one message, however long, and no more bytes than asked for otherwise', async () => {
    const log = await openLog(await temporaryFolder());
    await log.append(events(0, 5, 1000));
    expect(await log.read(0, 5, Buffer.alloc(1))).toHaveLength(1);
    expect(await log.read(0, 5, Buffer.alloc(2500))).toHaveLength(2);
    expect(await log.read(3, 5, Buffer.alloc(1 << 20))).toHaveLength(2);
    expect(await log.read(5, 5, Buffer.alloc(1 << 20))).toEqual([]);
  });

  it('cuts an unfinished record off its end, wherever the write stopped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), async (cutBytes) => {
        const folder = await temporaryFolder();
        const log = await PartitionLog.open(folder);
        await log.append(events(0, 9, 30));
        const starts = await offsets(log);
        await log.close();
        const file = join(folder, (await readdir(folder))[0]!);
        const { length } = await readFile(file);
        await truncate(file, length - cutBytes);
        const whole = starts.filter((_, at) => (starts[at + 1] ?? length) <= length - cutBytes).length;
        const reopened = await PartitionLog.open(folder);
        expect(await readAll(reopened)).toEqual(Array.from({ length: whole }, (_, at) => at));
        await reopened.append(events(100, 1));
        await reopened.close();
        const again = await openLog(folder);
        expect(await readAll(again)).toEqual([...Array.from({ length: whole }, (_, at) => at), 100]);
      }),
      { numRuns: 25 },
    );
  });

  it('cuts bytes off its end that are no record', async () => {
    const folder = await temporaryFolder();
    const log = await PartitionLog.open(folder);
    await log.append(events(0, 3));
    await log.close();
    const file = join(folder, (await readdir(folder))[0]!);
    const before = await readFile(file);
    await appendFile(file, Buffer.alloc(5000));
    expect(await readAll(await openLog(folder))).toEqual([0, 1, 2]);
    expect(await readFile(file)).toEqual(before);
  });

  it('goes on over many segments and reads across them after a restart', async () => {
    const folder = await temporaryFolder();
    const log = await PartitionLog.open(folder, { segmentBytes: 300 });
    for (let at = 0; at < 40; at += 1) await log.append(events(at, 1));
    expect(await readAll(log)).toEqual(Array.from({ length: 40 }, (_, at) => at));
    const last = log.last;
    await log.close();
    expect((await readdir(folder)).length).toBeGreaterThan(5);
    const reopened = await openLog(folder, { segmentBytes: 300 });
    expect(await readAll(reopened)).toEqual(Array.from({ length: 40 }, (_, at) => at));
    expect(reopened.last).toEqual(last);
  });

  it('drops old segments when it is longer than it may be, and keeps its numbers', async () => {
    const folder = await temporaryFolder();
    const options = { segmentBytes: 300, retentionBytes: 1000 };
    const log = await PartitionLog.open(folder, options);
    for (let at = 0; at < 60; at += 1) await log.append(events(at, 1));
    expect(log.firstSequenceNumber).toBeGreaterThan(20);
    expect(log.nextSequenceNumber).toBe(60);
    const kept = await readAll(log);
    expect(kept[0]).toBe(log.firstSequenceNumber);
    expect(kept.at(-1)).toBe(59);
    const first = log.firstSequenceNumber;
    await log.close();
    const reopened = await openLog(folder, options);
    expect(reopened.firstSequenceNumber).toBe(first);
    expect(await readAll(reopened)).toEqual(kept);
  });

  it('refuses to open when a record before the last segment is damaged', async () => {
    const folder = await temporaryFolder();
    const log = await PartitionLog.open(folder, { segmentBytes: 300 });
    for (let at = 0; at < 20; at += 1) await log.append(events(at, 1));
    await log.close();
    const file = join(folder, (await readdir(folder)).sort()[1]!);
    const bytes = await readFile(file);
    bytes[150]! ^= 1;
    await writeFile(file, bytes);
    await expect(PartitionLog.open(folder)).rejects.toMatchObject({ code: 'REPLAY_INTEGRITY' });
  });
});

async function offsets(log: PartitionLog): Promise<number[]> {
  const found: number[] = [];
  for (let offset = 0; log.firstFromOffset(offset) < log.nextSequenceNumber; offset += 1) {
    if (log.firstFromOffset(offset) !== log.firstFromOffset(offset + 1)) found.push(offset);
  }
  return found;
}
