import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventHubProducerClient } from '@azure/event-hubs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventHubEndpoint } from '../../src/eventhub/server.ts';
import { bodies } from '../../src/generate/bodies.ts';
import { generate, type SasSecret } from '../../src/generate/scenario.ts';
import type { Truth } from '../../src/generate/truth.ts';
import { writeScenario } from '../../src/generate/write-scenario.ts';
import { openReader } from '../../src/store/reader.ts';
import { rowsOf, run, start, summaryOf } from './program.ts';

const story = { scenario: 'robust-models', rows: 30_000, seed: 41, unredacted: 0.2 } as const;
const hub = 'insights-logs-storage';

let folder: string;
let dataDir: string;
let truth: Truth;
let secrets: readonly SasSecret[];
let endpoint: EventHubEndpoint;

const endpointOptions = (port = 0) => ({
  dataDir: join(folder, 'events'),
  hubs: [{ name: hub, partitions: 4 }],
  keys: { reader: 'c3ludGhldGljLWtleQ==' },
  port,
});

function environment(): Record<string, string> {
  return { SASWATCH_EVENTHUBS__CONNECTION_STRING: endpoint.connectionString(hub), SASWATCH_EVENTHUBS__HUBS: hub };
}

const ingestHub = (...more: string[]) => ['ingest', 'eventhubs', '--json', '--data', dataDir, ...more];

async function sums(lake: string) {
  const reader = await openReader(lake);
  try {
    const result = await reader.connection.runAndReadAll(
      `SELECT count(*)::INTEGER AS rows, sum(response_body_bytes)::VARCHAR AS bytes_out, sum(request_body_bytes)::VARCHAR AS bytes_in,
              count(DISTINCT (correlation_id, operation_count, operation_name, time, time_tick))::INTEGER AS records FROM storage_log`,
    );
    return result.getRowObjects()[0];
  } finally {
    reader.close();
  }
}

async function findingIds(lake: string): Promise<string[]> {
  const reader = await openReader(lake);
  try {
    const result = await reader.connection.runAndReadAll('SELECT id FROM findings WHERE open ORDER BY id');
    return result.getRows().map(([id]) => String(id));
  } finally {
    reader.close();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saswatch-main-job-'));
  dataDir = join(folder, 'data');
  endpoint = await EventHubEndpoint.start(endpointOptions());
  const generation = generate(story);
  const producer = new EventHubProducerClient(endpoint.connectionString(hub));
  let partition = 0;
  for (const body of bodies(generation.records(), 200_000)) {
    await producer.sendBatch([{ body: Buffer.from(body) }], { partitionId: String(partition++ % 4) });
  }
  await producer.close();
  truth = generation.truth();
  secrets = generation.secrets();
  writeScenario({ ...story, out: join(folder, 'logs'), format: 'ndjson' });
}, 120_000);

afterAll(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true });
});

describe('the main job', { timeout: 240_000 }, () => {
  it('loses and doubles no row when the pipeline is killed three times and the endpoint once', async () => {
    for (const [life, waitMs] of [4_000, 5_000, 6_000].entries()) {
      const program = start(ingestHub('--lanes', '2'), { ...environment(), SASWATCH_INGEST__BATCH_ROWS_MAX: '2000' });
      await sleep(waitMs);
      if (life === 1) {
        const { port } = endpoint;
        await endpoint.close();
        endpoint = await EventHubEndpoint.start(endpointOptions(port));
      }
      program.child.kill('SIGKILL');
      await program.ended;
    }
    const { code, stdout, stderr } = await run(ingestHub('--once'), environment());
    expect(stderr).not.toContain('[');
    expect(code).toBe(0);
    expect(summaryOf(stdout)).toMatchObject({ quarantined: 0 });
    expect(await sums(dataDir)).toEqual({
      rows: truth.rows,
      records: truth.rows,
      bytes_out: String(truth.bytes_out),
      bytes_in: String(truth.bytes_in),
    });
  });

  it('raises every rule the story holds and none on a token that nobody misused', async () => {
    const { stdout } = await run(['findings', 'list', '--json', '--data', dataDir]);
    const found = rowsOf(stdout);
    const misused = new Set(truth.incidents.map(({ entity }) => entity.token_hash.slice(0, 32)));
    expect(found.filter(({ entity }) => !misused.has(String(entity)))).toEqual([]);
    for (const { id, rules, entity } of truth.incidents) {
      const raised = found
        .filter((finding) => finding['entity'] === entity.token_hash.slice(0, 32))
        .map(({ rule }) => rule);
      expect(raised, id).toEqual(expect.arrayContaining([...rules]));
    }
  });

  it('gives the same finding ids when the folder is replayed', async () => {
    const lake = join(folder, 'replayed');
    const replay = [
      'replay',
      join(folder, 'logs'),
      '--since',
      '2020-01-01',
      '--until',
      '2024-01-01',
      '--json',
      '--data',
      lake,
    ];
    const { code, stdout } = await run(replay);
    expect(code).toBe(0);
    expect(summaryOf(stdout)).toMatchObject({ rows: truth.rows, quarantined: 0 });
    expect(await findingIds(lake)).toEqual(await findingIds(dataDir));
    expect(summaryOf((await run(replay)).stdout)).toMatchObject({ rows: 0, findings: 0 });
  });

  it('answers queries while it ingests and refuses a second ingest', async () => {
    const program = start(ingestHub(), environment());
    await sleep(4_000);
    const query = await run(['query', 'SELECT count(*) AS n FROM storage_log', '--json', '--data', dataDir]);
    const second = await run(ingestHub('--once'), environment());
    program.child.kill('SIGINT');
    const { code } = await program.ended;
    expect(rowsOf(query.stdout)).toEqual([{ n: truth.rows }]);
    expect(second.code).toBe(4);
    expect(second.stderr).toContain('[DATA_IN_USE]');
    expect(second.stderr).toContain(String(program.child.pid));
    expect(code).toBe(130);
  });

  it('leaves no signature anywhere in the data folder', async () => {
    const needles = secrets.flatMap(({ sig }) => [sig, encodeURIComponent(sig)]).map((text) => Buffer.from(text));
    expect(needles.length).toBeGreaterThan(100);
    const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
    const leaks: string[] = [];
    for (const entry of entries.filter((each) => each.isFile())) {
      const bytes = await readFile(join(entry.parentPath, entry.name));
      if (needles.some((needle) => bytes.includes(needle))) leaks.push(entry.name);
    }
    expect(leaks).toEqual([]);
    const reader = await openReader(dataDir);
    try {
      const result = await reader.connection.runAndReadAll(
        "SELECT count(*)::INTEGER FROM storage_log WHERE regexp_matches(uri, '[?&]sig=') AND NOT regexp_matches(uri, '[?&]sig=XXXXX(&|$)')",
      );
      expect(result.getRows()).toEqual([[0]]);
    } finally {
      reader.close();
    }
  });
});

describe('bad input', { timeout: 120_000 }, () => {
  it('names a missing source, a wrong key and an unknown hub, each with its exit code', async () => {
    const missing = await run(['ingest', join(folder, 'nowhere'), '--once', '--data', join(folder, 'x1')]);
    expect([missing.code, missing.stderr]).toEqual([4, expect.stringContaining('does not exist')]);
    const wrongKey = endpoint.connectionString(hub).replace('c3ludGhldGljLWtleQ==', 'd3Jvbmc=');
    const refused = await run(['ingest', 'eventhubs', '--once', '--data', join(folder, 'x2')], {
      ...environment(),
      SASWATCH_EVENTHUBS__CONNECTION_STRING: wrongKey,
    });
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('[SOURCE_AUTH]')]);
    expect(refused.stderr).not.toContain('d3Jvbmc=');
    const unknown = await run(['ingest', 'eventhubs', '--once', '--data', join(folder, 'x3')], {
      SASWATCH_EVENTHUBS__CONNECTION_STRING: endpoint.connectionString(hub).replace(/;EntityPath=[^;]+/, ''),
      SASWATCH_EVENTHUBS__HUBS: 'nothing-here',
    });
    expect([unknown.code, unknown.stderr]).toEqual([4, expect.stringContaining('nothing-here')]);
  });
});
