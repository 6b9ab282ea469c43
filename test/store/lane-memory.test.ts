import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { LaneStore } from '../../src/store/lane-store.ts';
import { sasTable } from '../../src/store/sas-table.ts';
import { batchOf } from './batch-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.mock('../../src/core/limits.ts', async (original) => {
  const { limits } = await original<typeof import('../../src/core/limits.ts')>();
  return { limits: { ...limits, laneMemory: '6MB' } };
});

const batch = (rows: number) =>
  batchOf(
    Array.from({ length: rows }, (_, row) => ({
      token: BigInt(row),
      object_key: `/models/${'x'.repeat(1_500)}${row}`,
    })),
  );

it('says what to change when the lane database has too little memory, leaves nothing behind, and writes smaller segments', async () => {
  const dataDir = await temporaryFolder();
  const store = await LaneStore.open(dataDir, 'filler');
  try {
    await expect(store.stage(batch(8_000), sasTable([]))).rejects.toMatchObject({
      code: 'SINK_WRITE',
      retryable: false,
      message: expect.stringMatching(/out of memory.*Lower ingest.batch_rows_max/is),
    });
    const left = await readdir(join(dataDir, 'lake/staging'));
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(await store.stage(batch(100), sasTable([]))).toMatchObject({ rows: 100 });
  } finally {
    await store.close();
  }
});
