import { setTimeout as sleep } from 'node:timers/promises';
import { EventHubProducerClient } from '@azure/event-hubs';
import { bodies } from '../generate/bodies.ts';
import type { Generation } from '../generate/scenario.ts';
import { closeOrLeave } from '../ingest/sources/event-hubs-client.ts';

export interface TrafficOptions {
  readonly connectionString: string;
  readonly partitions: number;
  readonly generation: Generation;
  readonly rows: number;
  /** Seconds the whole story is spread over. */
  readonly durationS: number;
  readonly signal: AbortSignal;
}

/** What Azure Monitor sends at most in one message. */
const bodyBytesMax = 250 << 10;

/** Sends a scenario to an event hub in event-time order, evenly paced, as a storage account's diagnostic setting would. */
export async function sendTraffic(options: TrafficOptions): Promise<void> {
  const { connectionString, partitions, generation, rows, durationS, signal } = options;
  const producer = new EventHubProducerClient(connectionString);
  const startedMs = performance.now();
  const sending = new Set<Promise<void>>();
  let sent = 0;
  try {
    let partition = 0;
    for (const body of bodies(
      counted(generation.records(), () => sent++),
      bodyBytesMax,
    )) {
      if (signal.aborted) return;
      const send = producer.sendBatch([{ body: Buffer.from(body) }], { partitionId: String(partition++ % partitions) });
      const settled: Promise<void> = send.finally(() => sending.delete(settled));
      sending.add(settled);
      if (sending.size >= partitions) await Promise.race(sending);
      const aheadMs = (sent / rows) * durationS * 1_000 - (performance.now() - startedMs);
      if (aheadMs > 20) await sleep(aheadMs, undefined, { signal }).catch(() => {});
    }
    await Promise.all(sending);
  } finally {
    await closeOrLeave(producer);
  }
}

function* counted(records: Iterable<string>, count: () => void): Generator<string> {
  for (const record of records) {
    count();
    yield record;
  }
}
