import assert from 'node:assert/strict';
import { runLane } from '../src/ingest/lane.ts';
import type { LaneOutcome, LaneTask } from '../src/ingest/lane-protocol.ts';
import { BlobArchiveSource } from '../src/ingest/sources/archive/blob-archive.ts';

export default function run(task: LaneTask): Promise<LaneOutcome> {
  return runLane(task, (assignment, deps) => {
    assert(assignment.kind === 'blob-archive');
    return new BlobArchiveSource(assignment, deps);
  });
}
