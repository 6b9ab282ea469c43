import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeScenario } from '../../src/generate/write-scenario.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { lineOf, rowsOf, run, start, summaryOf } from './program.ts';
import { mayMount, SmallDisk } from './small-disk.ts';

const rows = 30_000;
const noFloor = { SASWATCH_INGEST__FREE_SPACE_MIN_BYTES: '0' };
let folder: string;
let disk: SmallDisk;

describe.skipIf(!mayMount)(
  'a disk that fills while ingest writes (needs root, to mount one)',
  { timeout: 240_000 },
  () => {
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'saswatch-disk-full-'));
      writeScenario({ scenario: 'robust-models', rows, seed: 5, out: folder, format: 'ndjson' });
      disk = new SmallDisk(2);
    });

    afterAll(() => {
      disk.remove();
      rmSync(folder, { recursive: true });
    });

    it('stops with the path and a way out, and the next run with room completes the same lake', async () => {
      const dataDir = join(disk.path, 'data');
      const ingest = ['ingest', join(folder, 'logs'), '--once', '--json', '--data', dataDir];
      const full = await run(ingest, { ...noFloor, SASWATCH_INGEST__BATCH_ROWS_MAX: '4000' });
      expect([full.code, full.stderr]).toEqual([4, expect.stringContaining('[SINK_WRITE]')]);
      expect(full.stderr).toContain(dataDir);
      expect(full.stderr).toContain('Free space on that disk or choose another folder with --data');

      disk.resize(40);
      const again = await run(ingest, noFloor);
      expect([again.code, summaryOf(again.stdout)['quarantined']]).toEqual([0, 0]);
      const counted = await run([
        'query',
        'SELECT count(*) AS n, count(DISTINCT (correlation_id, operation_count, operation_name, time)) AS records FROM storage_log',
        '--json',
        '--data',
        dataDir,
      ]);
      expect(rowsOf(counted.stdout)).toEqual([{ n: rows, records: rows }]);
      expect((await run(ingest, noFloor)).stdout).toContain('"rows":0');
    });

    it('reads nothing more below the floor, says why, and goes on by itself when there is room', async () => {
      disk.resize(40);
      const dataDir = join(disk.path, 'floor');
      const program = start(['ingest', join(folder, 'logs'), '--once', '--json', '--data', dataDir], {
        SASWATCH_INGEST__BATCH_ROWS_MAX: '2000',
        SASWATCH_INGEST__FREE_SPACE_MIN_BYTES: String(disk.freeBytes - 500_000),
      });
      const waits = await lineOf(program, /nothing more is read/);
      expect(waits).toMatch(/the disk of \S+floor has \d+ MiB left, less than ingest.free_space_min_bytes/);
      const held = await readManifest(dataDir);
      expect(held?.counters.rows).toBeGreaterThan(0);
      expect(held?.counters.rows).toBeLessThan(rows);
      disk.resize(120);
      const { code, stdout, stderr } = await program.ended;
      expect([code, summaryOf(stdout)['rows']], stderr).toEqual([0, rows]);
      expect(stderr).toContain('reading goes on');
    });
  },
);
