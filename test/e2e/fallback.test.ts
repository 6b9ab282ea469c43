import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { recordWith } from '../ingest/decode/records.ts';
import { run, summaryOf } from './program.ts';

it('says once at which field the scanner gives whole inputs up', { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'saswatch-fallback-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const logs = ['a.ndjson', 'b.ndjson', 'c.ndjson'].map((name) => join(folder, name));
  const lines = `${recordWith({}, { etag: 'none' })}\n`.repeat(500);
  for (const path of logs) await writeFile(path, lines);
  const args = ['ingest', ...logs, '--once', '--json', '--data', join(folder, 'data')];
  const { code, stdout, stderr } = await run(args, { SASWATCH_INGEST__FLUSH_INTERVAL_MS: '100' });
  expect([code, summaryOf(stdout)['rows']]).toEqual([0, 1_500]);
  expect(stderr.match(/scanner leaves .*/g)).toEqual([
    'scanner leaves these logs to the slower decoder, first at properties.etag',
  ]);
});
