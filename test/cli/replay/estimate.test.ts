import { expect, it } from 'vitest';
import { duration } from '../../../src/cli/pipeline-report.ts';
import { estimateReplay, type ReplayWork } from '../../../src/cli/replay/estimate.ts';

const work = (changes: Partial<ReplayWork>): ReplayWork => ({
  ...{ files: 0, fileBytes: 0, blobRangeBytes: [], lanes: 8, cores: 8, requestsPerSecond: null },
  ...changes,
});

it('counts a request for each 4 MiB of a blob, and none for files', () => {
  const estimate = estimateReplay(work({ fileBytes: 1e9, blobRangeBytes: [1, 4 << 20, (4 << 20) + 1] }));
  expect(estimate).toMatchObject({ requests: 4, bytes: 1e9 + (8 << 20) + 2 });
});

it('takes longer with fewer lanes or cores, and as long as a rate of requests asks for', () => {
  const blobRangeBytes = Array.from({ length: 10_000 }, () => 4 << 20);
  const seconds = (changes: Partial<ReplayWork>) => estimateReplay(work({ blobRangeBytes, ...changes })).seconds;
  const eight = seconds({});
  expect(seconds({ lanes: 2 })).toBeGreaterThan(3 * eight);
  expect(seconds({ cores: 2 })).toBe(seconds({ lanes: 2 }));
  expect(seconds({ requestsPerSecond: 10 })).toBe(1_005);
});

it('takes longer for the same bytes in many small logs', () => {
  const seconds = (blobs: number) =>
    estimateReplay(work({ blobRangeBytes: Array.from({ length: blobs }, () => 1e9 / blobs) })).seconds;
  expect(seconds(1_000_000)).toBeGreaterThan(10 * seconds(100));
  expect(estimateReplay(work({ files: 1_000_000 })).seconds).toBeGreaterThan(
    estimateReplay(work({ files: 1 })).seconds,
  );
});

it('says a time as people do', () => {
  expect([0.2, 45, 300, 9_000].map(duration)).toEqual(['1 s', '45 s', '5 min', '2.5 h']);
});
