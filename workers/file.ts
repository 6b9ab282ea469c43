import assert from 'node:assert/strict';
import { runLane } from '../src/ingest/lane.ts';
import type { LaneOutcome, LaneTask } from '../src/ingest/lane-protocol.ts';
import { FileSource } from '../src/ingest/sources/file.ts';

export default function run(task: LaneTask): Promise<LaneOutcome> {
  return runLane(task, (assignment, deps) => {
    assert(assignment.kind === 'file');
    return new FileSource(deps);
  });
}
