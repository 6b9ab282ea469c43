import { expect, it } from 'vitest';
import type { ByteRange } from '../../../src/ingest/sources/range.ts';
import { type LogStore, RangeWork, type StoredLog } from '../../../src/ingest/sources/range-work.ts';

/** One log that grows by lines, and how much of it has been committed. */
class GrowingLog implements LogStore<StoredLog, ByteRange> {
  bytes = 100;
  committed = 0;
  readonly divisible: boolean;
  #listed = () => {};

  constructor(divisible = true) {
    this.divisible = divisible;
  }

  async list(): Promise<StoredLog[]> {
    this.#listed();
    const { bytes, divisible } = this;
    return [{ partition: 'log', bytes, version: String(bytes), divisible, tail: 'leave' }];
  }

  work(_: StoredLog, range: ByteRange): ByteRange {
    return range;
  }

  unread({ bytes }: StoredLog, { from }: ByteRange): boolean {
    return from < bytes;
  }

  /** Resolves when it has been listed so often from now on. */
  async looks(times: number): Promise<void> {
    for (let look = 0; look < times; look++) {
      await new Promise<void>((resolve) => {
        this.#listed = resolve;
      });
    }
  }

  async plan(ahead: boolean): Promise<RangeWork<StoredLog, ByteRange>> {
    const committed = (partition: string) => ({ source: 'file', partition, offset: BigInt(this.committed) });
    const work = new RangeWork({ store: this, once: false, lookAgainMs: 1, ahead, committed });
    await work.open();
    return work;
  }
}

/** The range a lane gets. */
async function next(work: RangeWork<StoredLog, ByteRange>, lane: number, finished: ByteRange[] = []) {
  const [range] = await work.next(lane, finished);
  if (range === undefined) throw new Error('there is no range');
  return range;
}

const first = { partition: 'log#0', from: 0 };

it('lets the lane that has the rows of a log uncommitted read on in it, and no other', async () => {
  const log = new GrowingLog();
  const work = await log.plan(true);
  const range = await next(work, 0);
  expect(range).toMatchObject(first);
  log.bytes = 250;
  const other = work.next(1, []);
  expect(await next(work, 0, [{ ...range, reached: 90 }])).toMatchObject({ ...first, from: 90, version: '250' });
  work.stop();
  expect(await other).toEqual([]);
});

it('offers what follows to any lane once all before it is committed', async () => {
  const log = new GrowingLog();
  const work = await log.plan(true);
  const range = await next(work, 0);
  const asked = work.next(0, [{ ...range, reached: 100 }]);
  log.committed = 100;
  log.bytes = 250;
  expect(await asked).toMatchObject([{ ...first, from: 100 }]);
  work.recover(0);
  expect(await next(work, 1)).toMatchObject({ ...first, from: 100 });
  work.stop();
});

it.each([
  { what: 'where more than a byte is needed to read on', ahead: false, divisible: true },
  { what: 'in a log that is read from its start', ahead: true, divisible: false },
])('waits for the commit $what', async ({ ahead, divisible }) => {
  const log = new GrowingLog(divisible);
  const work = await log.plan(ahead);
  const range = await next(work, 0);
  log.bytes = 250;
  const asked = work.next(0, [{ ...range, reached: 100 }]);
  expect(await Promise.race([asked, log.looks(3)])).toBeUndefined();
  log.committed = 100;
  expect(await asked).toMatchObject([{ ...first, from: 100 }]);
  work.stop();
});

it('has a lane that died read again from the last commit, whatever it had read ahead', async () => {
  const log = new GrowingLog();
  const work = await log.plan(true);
  const range = await next(work, 0);
  log.bytes = 250;
  log.committed = 40;
  await next(work, 0, [{ ...range, reached: 100 }]);
  work.recover(0);
  expect(await next(work, 1)).toMatchObject({ ...first, from: 40 });
  work.stop();
});

it('gives what a log grew by to the lane that came after one that died, not to the question the dead one left', async () => {
  const log = new GrowingLog();
  const work = await log.plan(true);
  const range = await next(work, 0);
  const dead = work.next(0, [{ ...range, reached: 100 }]);
  log.committed = 100;
  work.recover(0);
  const alive = work.next(0, []);
  log.bytes = 250;
  expect(await dead).toEqual([]);
  expect(await alive).toMatchObject([{ ...first, from: 100 }]);
  work.stop();
});

it('gives what a lane died over while it was claimed to another', async () => {
  let claimed = () => {};
  const log = Object.assign(new GrowingLog(), {
    claim: (_: StoredLog, range: ByteRange) =>
      new Promise<ByteRange>((resolve) => {
        claimed = () => resolve(range);
      }),
  });
  const work = await log.plan(true);
  const dead = work.next(0, []);
  const claimOfTheDead = claimed;
  work.recover(0);
  const alive = work.next(1, []);
  claimOfTheDead();
  claimed();
  expect(await alive).toMatchObject([first]);
  work.stop();
  expect(await dead).toEqual([]);
});

it('has nothing more, and no fault, where the order to stop breaks a claim off', async () => {
  let breakOff = (_: Error) => {};
  const claim = () =>
    new Promise<null>((_, reject) => {
      breakOff = reject;
    });
  const work = await Object.assign(new GrowingLog(), { claim }).plan(true);
  const asked = work.next(0, []);
  work.stop();
  breakOff(new Error('aborted'));
  expect(await asked).toEqual([]);
});
