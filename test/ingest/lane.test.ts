import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { expect, it, onTestFinished, vi } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { generate } from '../../src/generate/scenario.ts';
import { runLane } from '../../src/ingest/lane.ts';
import type { LaneAnswer, LaneTask, ToCoordinator } from '../../src/ingest/lane-protocol.ts';
import type { Delivery, Source } from '../../src/ingest/source.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

const records = [...generate({ scenario: 'benign-day', rows: 1_000, seed: 5 }).records()].slice(0, 2);
const bytes = Buffer.from(`${records.join('\n')}\n`);
const place = { source: 'file', partition: 'log#0' };
/** As many rows as fill a batch of three: another such delivery would not fit. */
const delivery: Delivery = {
  bytes,
  framing: 'lines',
  from: { ...place, offset: 0n },
  to: { ...place, offset: BigInt(bytes.length) },
  ack: async () => {},
};

/** Runs a lane in this thread, over a source, with a coordinator that gives `answer` to everything. */
async function outcomeOf(read: Source['read'], answer: () => Promise<LaneAnswer>) {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  port1.on('message', async ({ id }: ToCoordinator) => port1.postMessage({ id, answer: await answer() }));
  const task: LaneTask = {
    dataDir: await temporaryFolder(),
    flushIntervalMs: 60_000,
    batchRowsMax: 3,
    decoder: 'scanner',
    writer: 'encoder',
    range: null,
    assignment: { kind: 'file' },
    port: port2,
  };
  return runLane(task, () => ({ kind: 'made up', read }));
}

it('tells the fault of a source that fails while rows are committed', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  onTestFinished(() => {
    process.off('unhandledRejection', unhandled);
  });
  async function* read() {
    yield delivery;
    throw new AppError('SOURCE_AUTH', 'the key is wrong');
  }
  const outcome = await outcomeOf(read, async () => {
    await turn();
    return { kind: 'committed', status: 'committed' };
  });
  expect(outcome).toMatchObject({ ok: false, code: 'SOURCE_AUTH', message: 'the key is wrong' });
  expect(unhandled).not.toHaveBeenCalled();
});

it('ends the source whose rows it cannot commit, which would else read on in a thread that lives', async () => {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  async function* read(signal: AbortSignal) {
    try {
      yield delivery;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    } finally {
      end();
    }
  }
  const refused = { kind: 'refused', code: 'SINK_WRITE', message: 'the disk is full', retryable: true } as const;
  expect(await outcomeOf(read, async () => refused)).toMatchObject({ ok: false, message: 'the disk is full' });
  expect(await ended).toBeUndefined();
});
