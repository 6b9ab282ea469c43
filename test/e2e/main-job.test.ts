import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventHubProducerClient } from '@azure/event-hubs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodies } from '../../src/generate/bodies.ts';
import { generate, type SasSecret } from '../../src/generate/scenario.ts';
import type { Truth } from '../../src/generate/truth.ts';
import { writeScenario } from '../../src/generate/write-scenario.ts';
import { openReader } from '../../src/store/reader.ts';
import { firstLine, type Program, rowsOf, run, start, summaryOf } from './program.ts';

/** SASWATCH_TEST_ROWS asks for more; 2 million take minutes. */
const rows = Number(process.env['SASWATCH_TEST_ROWS'] ?? 30_000);
const timeout = Math.max(240_000, rows);
const story = { scenario: 'robust-models', rows, seed: 41, unredacted: 0.2 } as const;
const hub = 'insights-logs-storage';

let folder: string;
let dataDir: string;
let truth: Truth;
let secrets: readonly SasSecret[];
let endpoint: Program;
let connectionString: string;

/** The endpoint in a process of its own; it keeps its key and its events, so a restart on the same port goes on. */
async function startEndpoint(port: number): Promise<void> {
  const data = join(folder, 'endpoint');
  endpoint = start(['eventhub', '--hub', hub, '--partitions', '4', '--port', String(port), '--json', '--data', data]);
  connectionString = String(JSON.parse(await firstLine(endpoint)).connection_string);
}

function environment(): Record<string, string> {
  return { SASWATCH_EVENTHUBS__CONNECTION_STRING: connectionString, SASWATCH_EVENTHUBS__HUBS: hub };
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
  await startEndpoint(0);
  const generation = generate(story);
  const producer = new EventHubProducerClient(connectionString);
  let partition = 0;
  for (const body of bodies(generation.records(), 200_000)) {
    await producer.sendBatch([{ body: Buffer.from(body) }], { partitionId: String(partition++ % 4) });
  }
  await producer.close();
  truth = generation.truth();
  secrets = generation.secrets();
  writeScenario({ ...story, out: join(folder, 'logs'), format: 'ndjson' });
}, timeout);

afterAll(async () => {
  endpoint.child.kill('SIGINT');
  await endpoint.ended;
  await rm(folder, { recursive: true });
});

describe('the main job', { timeout }, () => {
  it('loses and doubles no row when the pipeline is killed three times and the endpoint once', async () => {
    const moments = [0, 1, 2].map(() => 3_000 + Math.floor(Math.random() * Math.max(4_000, rows / 60)));
    for (const [life, waitMs] of moments.entries()) {
      const program = start(ingestHub('--lanes', '2'), { ...environment(), SASWATCH_INGEST__BATCH_ROWS_MAX: '2000' });
      await sleep(waitMs);
      if (life === 1) {
        const port = Number(/127\.0\.0\.1:(\d+)/.exec(connectionString)?.[1]);
        endpoint.child.kill('SIGKILL');
        await endpoint.ended;
        await startEndpoint(port);
      }
      program.child.kill('SIGKILL');
      await program.ended;
    }
    const { code, stdout, stderr } = await run(ingestHub('--once'), environment());
    expect([code, stderr], `killed after ${moments.join(', ')} ms`).toEqual([0, expect.not.stringContaining('[')]);
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
    const wrongKey = connectionString.replace(/SharedAccessKey=[^;]+/, 'SharedAccessKey=d3Jvbmc=');
    const refused = await run(['ingest', 'eventhubs', '--once', '--data', join(folder, 'x2')], {
      ...environment(),
      SASWATCH_EVENTHUBS__CONNECTION_STRING: wrongKey,
    });
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('[SOURCE_AUTH]')]);
    expect(refused.stderr).not.toContain('d3Jvbmc=');
    const unknown = await run(['ingest', 'eventhubs', '--once', '--data', join(folder, 'x3')], {
      SASWATCH_EVENTHUBS__CONNECTION_STRING: connectionString.replace(/;EntityPath=[^;]+/, ''),
      SASWATCH_EVENTHUBS__HUBS: 'nothing-here',
    });
    expect([unknown.code, unknown.stderr]).toEqual([4, expect.stringContaining('nothing-here')]);
  });
});
