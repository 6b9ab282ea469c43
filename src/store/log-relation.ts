import { columns } from '../core/columns.ts';
import { isHourFile, type SegmentFile } from './commit.ts';
import { grouped } from './compaction-plan.ts';
import { type FileGroup, groupsRelation } from './parquet-relation.ts';

/** What tells the columns of a file: the policy and the table of columns it was compacted with; null before that. */
function schemaOf(file: SegmentFile): string | null {
  return isHourFile(file) ? `${file.compacted.policy} ${file.compacted.columnCount}` : null;
}

/**
 * A FROM clause of log rows. Hour files name their columns in the catalog, so that one of each kind is opened before a
 * query reads anything: the footer of a large one has megabytes.
 */
export function logRelation(dataDir: string, segments: readonly SegmentFile[]): string {
  const groups = [...grouped(segments, schemaOf)].map(
    ([schema, files]): FileGroup => ({ paths: files.map(({ path }) => path), alike: schema !== null }),
  );
  return groupsRelation(dataDir, groups, columns);
}
