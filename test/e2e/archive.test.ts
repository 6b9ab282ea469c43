import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeScenario } from '../../src/generate/write-scenario.ts';
import { openReader } from '../../src/store/reader.ts';
import { Azurite, account } from '../azurite/azurite.ts';
import { uploadContainers } from '../azurite/upload.ts';
import { run, summaryOf } from './program.ts';

const timeout = 240_000;

let folder: string;
let azurite: Azurite;
let lines: readonly string[];
let sources: readonly string[];

const environment = () => ({
  SASWATCH_ARCHIVE__ENDPOINT: azurite.endpoint,
  SASWATCH_ARCHIVE__CONNECTION_STRING: azurite.connectionString,
});

/** What a lake holds, so that it can be compared. */
async function correlationIds(lake: string): Promise<unknown[]> {
  const reader = await openReader(lake);
  try {
    const result = await reader.connection.runAndReadAll(
      'SELECT correlation_id::VARCHAR FROM storage_log ORDER BY ALL',
    );
    return result.getRows().map(([id]) => id);
  } finally {
    reader.close();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saswatch-archive-'));
  azurite = await Azurite.start();
  writeScenario({ scenario: 'robust-models', rows: 10_000, seed: 3, out: join(folder, 'estate'), format: 'archive' });
  const uploaded = await uploadContainers(azurite.service, join(folder, 'estate', 'logs'), /y=2022\/m=03\/d=1/);
  lines = uploaded.lines;
  sources = uploaded.containers.map((container) => `az://${account}/${container}`);
}, timeout);

afterAll(async () => {
  await azurite.stop();
  await rm(folder, { recursive: true });
});

describe('an archive', { timeout }, () => {
  it('comes into the lake row by row, once, whatever is asked again', async () => {
    const data = join(folder, 'ingested');
    const ingest = ['ingest', ...sources, '--once', '--json', '--data', data];
    const first = await run(ingest, environment());
    expect([first.code, first.stderr]).toEqual([0, expect.stringMatching(/^reading \d+ blobs, [\d.]+ MB\n$/)]);
    expect(summaryOf(first.stdout)).toMatchObject({ rows: lines.length, quarantined: 0 });
    expect(await correlationIds(data)).toEqual(lines.map((line) => JSON.parse(line).correlationId).sort());
    const again = await run(ingest, environment());
    expect(summaryOf(again.stdout)).toMatchObject({ rows: 0, downloaded: 0, requests: sources.length });
  });
});
