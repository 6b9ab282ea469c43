import { expect, it } from 'vitest';
import type { SegmentFile } from '../../src/store/commit.ts';
import { emptyManifest, publishManifest, readManifest } from '../../src/store/manifest.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('publishes times that no number of JSON holds exactly', async () => {
  const dataDir = await temporaryFolder();
  const file = (minTime: bigint, maxTime: bigint): SegmentFile => ({
    ...{ path: 'lake/l0/a.parquet', rollupPath: 'lake/rollup/a.parquet', sasPath: null, rows: 2, bytes: 1 },
    ...{ minTime, maxTime },
  });
  const segments = [file(-62_135_596_800_000_001n, 9_223_372_800_000_000n), file(0n, 1_767_225_600_000_000n)];
  await publishManifest(dataDir, { ...emptyManifest, version: 1, segments });
  expect((await readManifest(dataDir))?.segments).toEqual(segments);
});
