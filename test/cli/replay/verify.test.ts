import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { type LogRead, logsRead } from '../../../src/cli/replay/logs-read.ts';
import { type Difference, verifyLogs } from '../../../src/cli/replay/verify.ts';
import type { ByteReader } from '../../../src/ingest/sources/byte-reader.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const file = (partition: string, offset: number, token?: string) => ({
  ...{ source: 'file', partition, offset: BigInt(offset) },
  ...(token === undefined ? {} : { token }),
});
const stretch = (partition: string, first: number, text: string) => ({
  ...{ source: 'file', partition, first: BigInt(first), next: BigInt(first + text.length), sha256: sha256(text) },
});

it('puts the ranges of a log together, in order, with what became of it', () => {
  const logs = logsRead(
    [file('b#0', 3, 'replaced etag=x'), file('a#1', 9), file('a#0', 6)],
    [stretch('a#1', 6, 'ghi'), stretch('a#0', 0, 'abc'), stretch('a#0', 3, 'def'), stretch('b#0', 0, 'xyz')],
  );
  expect(logs.map(({ name, bytes, etag, changed }) => [name, bytes, etag, changed])).toEqual([
    ['a', 9, null, false],
    ['b', 3, 'x', true],
  ]);
  expect(logs[0]?.stretches.map(({ first, next }) => [first, next])).toEqual([
    [0, 3],
    [3, 6],
    [6, 9],
  ]);
});

/** A log in memory that gives two bytes at a time. */
function reader(text: string): ByteReader {
  let at = 0;
  return {
    ...{ seekable: true, fault: undefined, seek: () => {}, mark: () => undefined, close: async () => {} },
    async read(target, from) {
      const piece = Buffer.from(text.slice(at, at + 2));
      at += piece.length;
      return piece.copy(target, from);
    },
  };
}

async function verified(log: LogRead, now: string | null): Promise<Difference | null> {
  let found: Difference | null = null;
  const again = { open: async () => (now === null ? null : reader(now)) };
  await verifyLogs([log], again, new AbortController().signal, (_, difference) => {
    found = difference;
  });
  return found;
}

it('tells where a log is not what was read', async () => {
  const [log] = logsRead([file('a#0', 6)], [stretch('a#0', 0, 'abc'), stretch('a#0', 3, 'def')]);
  const check = (now: string | null) => verified(log!, now);
  expect(await check('abcdef')).toBeNull();
  expect(await check('abcdef and more')).toBeNull();
  expect(await check('abcdeX')).toMatchObject({ difference: 'changed', at: 3 });
  expect(await check('abcd')).toMatchObject({ difference: 'shorter', at: 4 });
  expect(await check(null)).toMatchObject({ difference: 'missing' });
});

it('tells of bytes that were never hashed, amid a log and at its end', async () => {
  const [gap] = logsRead([file('a#0', 6)], [stretch('a#0', 0, 'ab'), stretch('a#0', 4, 'ef')]);
  expect(await verified(gap!, 'abcdef')).toMatchObject({ difference: 'unproved', at: 2 });
  const [end] = logsRead([file('a#0', 6)], [stretch('a#0', 0, 'ab')]);
  expect(await verified(end!, 'abcdef')).toMatchObject({ difference: 'unproved', at: 2 });
});

it('accuses no log whose reading the order to stop broke off', async () => {
  const [log] = logsRead([file('a#0', 6)], [stretch('a#0', 0, 'abcdef')]);
  const stop = new AbortController();
  const told: unknown[] = [];
  const again = {
    open: async () => {
      stop.abort();
      return reader('ab');
    },
  };
  const verifying = verifyLogs([log!], again, stop.signal, (...what) => told.push(what));
  await expect(verifying).rejects.toBe(stop.signal.reason);
  expect(told).toEqual([]);
});
