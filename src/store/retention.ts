import { isHourFile, type SegmentFile } from './commit.ts';
import { hourOf } from './event-hour.ts';

/**
 * The files whose rows are all older than `before`: hours go whole or not at all, so an hour that a segment with younger
 * rows may still share stays until that segment is compacted.
 *
 * @param before event time, UTC microseconds.
 */
export function expiredFiles(files: readonly SegmentFile[], before: bigint): SegmentFile[] {
  const segments = files.filter((file) => !isHourFile(file));
  let limit = hourOf(before);
  for (let earlier = limit; ; limit = earlier) {
    for (const { minTime, maxTime } of segments) {
      if (maxTime >= limit && hourOf(minTime) < earlier) earlier = hourOf(minTime);
    }
    if (earlier === limit) break;
  }
  return files.filter((file) => (isHourFile(file) ? file.compacted.hour < limit : file.maxTime < limit));
}
