import { sourceId } from '../../src/core/position.ts';
import { ReferenceDecoder } from '../../src/ingest/decode/resource-log.ts';
import type { Catalog } from '../../src/store/catalog.ts';
import type { Commit } from '../../src/store/commit.ts';
import { LaneStore } from '../../src/store/lane-store.ts';

/** Log records, one JSON text each, that arrive in one partition of a source. */
export interface Arrival {
  readonly partition: string;
  readonly records: readonly string[];
}

/** Writes arrivals into a data folder in the order given, one commit each, as lanes would. */
export async function fillLake(dataDir: string, catalog: Catalog, arrivals: readonly Arrival[]): Promise<Commit[]> {
  const commits: Commit[] = [];
  const store = await LaneStore.open(dataDir);
  const decoder = new ReferenceDecoder();
  const offsets = new Map<string, bigint>();
  try {
    for (const { partition, records } of arrivals) {
      const place = { source: 'eventhubs', partition };
      const bytes = new TextEncoder().encode(`${records.join('\n')}\n`);
      decoder.decode(bytes, 'lines', sourceId(place));
      const staged = await store.stage(decoder.batch(), decoder.newSas());
      decoder.reset();
      const from = offsets.get(partition) ?? 0n;
      const to = from + BigInt(records.length);
      offsets.set(partition, to);
      const ranges = [{ ...place, from, to }];
      const commit = { ranges, ...(await store.finish([staged], ranges, [])) };
      await catalog.commit(commit);
      commits.push(commit);
    }
    return commits;
  } finally {
    await store.close();
  }
}
