import { isHourFile, type SegmentFile } from './commit.ts';
import { hourOf } from './compaction-plan.ts';

/**
 * The files whose rows are all older than `before`: hours go whole or not at all, so an hour that a segment with younger
 * rows may still share stays until that segment is compacted.
 *
 * @param before event time, UTC microseconds.
 */
export function expiredFiles(files: readonly SegmentFile[], before: bigint): SegmentFile[] {
  const limit = files
    .filter((file) => !isHourFile(file) && file.maxTime >= hourOf(before))
    .reduce((first, { minTime }) => (hourOf(minTime) < first ? hourOf(minTime) : first), hourOf(before));
  return files.filter((file) => (isHourFile(file) ? file.compacted.hour < limit : file.maxTime < limit));
}
