import { limits } from '../../src/core/limits.ts';
import { type CommitEvent, Coordinator, type LaneSettings } from '../../src/ingest/coordinator.ts';
import { FilePlan } from '../../src/ingest/sources/plan.ts';
import { Catalog } from '../../src/store/catalog.ts';
import { openReader } from '../../src/store/reader.ts';

const settings = (dataDir: string, change: Partial<LaneSettings> = {}): LaneSettings => ({
  dataDir,
  flushIntervalMs: limits.flushIntervalMs,
  batchRowsMax: limits.segmentRowsMax,
  writer: 'encoder' as const,
  decoder: 'scanner' as const,
  range: null,
  ...change,
});

export interface IngestOptions {
  readonly stopAfter?: number;
  readonly onCommit?: (event: CommitEvent) => void;
}

/**
 * Ingests a folder with two lanes, to its end or until so many rows are committed.
 *
 * @returns how many rows were committed.
 */
export async function ingest(
  dataDir: string,
  path: string,
  change: Partial<LaneSettings> = {},
  { stopAfter = Number.POSITIVE_INFINITY, onCommit }: IngestOptions = {},
) {
  const catalog = await Catalog.open(dataDir);
  const stop = new AbortController();
  let committed = 0;
  try {
    const plan = new FilePlan(
      { paths: [path], once: true, tail: 'leave', stdinName: 'stdin', logged: null },
      (source, partition) => catalog.position({ source, partition }),
    );
    await plan.open();
    const coordinator = new Coordinator(catalog, settings(dataDir, change), (event) => {
      committed += event.rows;
      onCommit?.(event);
      if (committed >= stopAfter) stop.abort();
    });
    await coordinator.run([plan], 2, stop.signal);
    return committed;
  } finally {
    await catalog.close();
  }
}

/** What the lake holds. */
export async function sums(dataDir: string) {
  const reader = await openReader(dataDir);
  try {
    const result = await reader.connection.runAndReadAll(`
      SELECT (SELECT count(*) FROM storage_log)::INTEGER AS rows,
             (SELECT sum(response_body_bytes) FROM storage_log)::VARCHAR AS bytes_out,
             (SELECT sum(request_body_bytes) FROM storage_log)::VARCHAR AS bytes_in,
             (SELECT sum(rows) FROM rollup)::INTEGER AS rolled_up,
             (SELECT count(DISTINCT correlation_id) FROM storage_log)::INTEGER AS requests`);
    return result.getRowObjects()[0];
  } finally {
    reader.close();
  }
}
