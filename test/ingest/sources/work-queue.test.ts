import { describe, expect, it } from 'vitest';
import type { SourceWork } from '../../../src/ingest/sources/assignment.ts';
import { RangeWork, type StoredLog } from '../../../src/ingest/sources/range-work.ts';
import { WorkQueue } from '../../../src/ingest/sources/work-queue.ts';

const piece = (name: string): SourceWork => ({
  ...{ kind: 'file', path: name, partition: `${name}#0`, version: '1', tail: 'take' },
  ...{ start: 0, end: null, from: 0 },
});

describe('a queue of work', () => {
  it('asks for a bunch when the last one is used up, and hands back all that was finished since', async () => {
    const bunches = [['a', 'b', 'c'], ['d'], []];
    const handedBack: (string | undefined)[][] = [];
    const queue = new WorkQueue(async (finished) => {
      handedBack.push(finished.map(({ partition }) => partition));
      return (bunches.shift() ?? []).map(piece);
    });
    const taken: string[] = [];
    for (let work = await queue.next(null); work !== null; work = await queue.next(work)) taken.push(work.partition);
    expect(taken).toEqual(['a#0', 'b#0', 'c#0', 'd#0']);
    expect(handedBack).toEqual([[], ['a#0', 'b#0', 'c#0'], ['d#0']]);
  });

  it('serves askers that come at once, each piece to one of them', async () => {
    const bunches = [['a', 'b', 'c'], ['d'], []];
    const queue = new WorkQueue(async () => (bunches.shift() ?? []).map(piece));
    const taken = await Promise.all(Array.from({ length: 6 }, () => queue.next(null)));
    expect(taken.flatMap((work) => work?.partition ?? []).sort()).toEqual(['a#0', 'b#0', 'c#0', 'd#0']);
  });
});

describe('ranges of stored logs', () => {
  const log = (name: string, bytes: number): StoredLog => ({
    ...{ partition: name, bytes, version: '1', divisible: false, tail: 'take' },
  });
  const workOf = async (logs: readonly StoredLog[]) => {
    const store = { list: async () => logs, work: <R>(_: StoredLog, range: R) => range, unread: () => true };
    const work = new RangeWork({ store, once: true, lookAgainMs: 1, ahead: false, committed: () => undefined });
    await work.open();
    return work;
  };

  it('are handed out one by one where they are large, in bunches where they are small, each once', async () => {
    const small = Array.from({ length: 100 }, (_, n) => log(`small-${n}`, 3_000));
    const work = await workOf([log('large', 500 << 20), log('larger', 600 << 20), ...small, log('last', 2 << 20)]);
    const sizes: number[] = [];
    const partitions = new Set<string>();
    for (let bunch = await work.next(0, []); bunch.length > 0; bunch = await work.next(0, bunch)) {
      sizes.push(bunch.length);
      for (const { partition } of bunch) partitions.add(partition);
    }
    expect(sizes).toEqual([1, 1, 64, 36, 1]);
    expect(partitions.size).toBe(103);
    expect([work.waiting, work.unread.logs]).toEqual([[], 0]);
  });

  it('are offered again, bunch and all, when their lane has died', async () => {
    const work = await workOf(Array.from({ length: 10 }, (_, n) => log(`small-${n}`, 3_000)));
    expect(await work.next(0, [])).toHaveLength(10);
    expect(await work.next(1, [])).toEqual([]);
    work.recover(0);
    expect(await work.next(1, [])).toHaveLength(10);
  });
});
