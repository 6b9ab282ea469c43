import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { consumerOf, producerOf, receive, startEndpoint, temporaryFolder } from './fixture.ts';

const ROUNDS = 3;
const ACCEPTED_PER_ROUND = 40;

it('loses no accepted event when it is killed, and counts on without a gap', async () => {
  const dataDir = await temporaryFolder();
  const accepted: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { child, connectionString } = await startChild(dataDir);
    const goal = accepted.length + ACCEPTED_PER_ROUND;
    const senders = [0, 1, 2, 3].map((sender) => sendUntilRefused(connectionString, `${round}/${sender}`, accepted));
    while (accepted.length < goal) await new Promise((resolve) => setImmediate(resolve));
    child.kill('SIGKILL');
    await once(child, 'close');
    await Promise.all(senders);
  }
  const connectionString = (await startEndpoint({ dataDir })).connectionString('logs');
  const { lastEnqueuedSequenceNumber } = await producerOf(connectionString).getPartitionProperties('0');
  const events = await receive(
    consumerOf(connectionString),
    '0',
    (all) => all.at(-1)?.sequenceNumber === lastEnqueuedSequenceNumber,
  );
  const kept = new Set(events.map(({ messageId }) => messageId));
  expect(accepted.filter((id) => !kept.has(id))).toEqual([]);
  expect(accepted.length).toBeGreaterThanOrEqual(ROUNDS * ACCEPTED_PER_ROUND);
  expect(events.map(({ sequenceNumber }) => sequenceNumber)).toEqual(events.map((_, at) => at));
});

async function startChild(dataDir: string): Promise<{ child: ChildProcess; connectionString: string }> {
  const script = fileURLToPath(new URL('./endpoint-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, connectionString: line };
}

async function sendUntilRefused(connectionString: string, name: string, accepted: string[]): Promise<void> {
  // After a kill the SDK ends a send only when it times out.
  const producer = producerOf(connectionString, { maxRetries: 0, timeoutInMs: 2000 });
  for (let at = 0; ; at += 1) {
    const messageId = `${name}/${at}`;
    try {
      await producer.sendBatch([{ body: Buffer.alloc(20_000, at), messageId }], { partitionId: '0' });
    } catch {
      return;
    }
    accepted.push(messageId);
  }
}
