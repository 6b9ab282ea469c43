import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { generate } from '../../src/generate/scenario.ts';
import { writeScenario } from '../../src/generate/write-scenario.ts';
import { ingest, sums } from './ingest.ts';

const rows = 20_000;
const story = { scenario: 'robust-models', rows, seed: 7 } as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saswatch-coordinator-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a coordinator with two lanes', () => {
  it('brings every record of a folder into the lake, once, with its rollup', async () => {
    const { truth } = writeScenario({ ...story, out: join(folder, 'logs'), format: 'ndjson' });
    const dataDir = join(folder, 'data');
    expect(await ingest(dataDir, join(folder, 'logs'))).toBe(rows);
    expect(await sums(dataDir)).toMatchObject({
      rows,
      rolled_up: rows,
      bytes_out: String(truth.bytes_out),
      bytes_in: String(truth.bytes_in),
    });
    expect(await ingest(dataDir, join(folder, 'logs'))).toBe(0);
    expect(await sums(dataDir)).toMatchObject({ rows });
    expect(await readdir(join(dataDir, 'lake', 'staging'))).toEqual([]);
  });

  it('goes on where a stopped run ended', async () => {
    writeScenario({ ...story, out: join(folder, 'logs'), format: 'ndjson' });
    const dataDir = join(folder, 'data');
    const first = await ingest(dataDir, join(folder, 'logs'), { batchRowsMax: 1_000 }, { stopAfter: 3_000 });
    expect(first).toBeGreaterThanOrEqual(3_000);
    expect(first).toBeLessThan(rows);
    expect(first + (await ingest(dataDir, join(folder, 'logs')))).toBe(rows);
    expect(await sums(dataDir)).toMatchObject({ rows, rolled_up: rows });
  });

  it('ends with the fault of whoever takes note of commits, and asks no lane to try again', async () => {
    writeScenario({ ...story, out: join(folder, 'logs'), format: 'ndjson' });
    const dataDir = join(folder, 'data');
    const fault = new AppError('DETECTION_FAILED', 'a rule has failed');
    const onCommit = () => {
      throw fault;
    };
    await expect(ingest(dataDir, join(folder, 'logs'), { batchRowsMax: 1_000 }, { onCommit })).rejects.toBe(fault);
    const left = await ingest(dataDir, join(folder, 'logs'));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(rows);
    expect(await sums(dataDir)).toMatchObject({ rows, rolled_up: rows });
  });

  it('keeps only the event time a replay asks for', async () => {
    writeScenario({ ...story, out: join(folder, 'logs'), format: 'ndjson' });
    const since = BigInt(Date.parse('2022-01-01T00:00:00Z')) * 1_000n;
    const until = BigInt(Date.parse('2022-06-01T00:00:00Z')) * 1_000n;
    let expected = 0;
    for (const record of generate(story).records()) {
      const { time } = JSON.parse(record) as { time: string };
      if (time >= '2022-01-01' && time < '2022-06-01') expected++;
    }
    const dataDir = join(folder, 'data');
    expect(await ingest(dataDir, join(folder, 'logs'), { range: { since, until } })).toBe(expected);
    expect(await sums(dataDir)).toMatchObject({ rows: expected, rolled_up: expected });
  });
});
