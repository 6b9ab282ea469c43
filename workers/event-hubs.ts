import assert from 'node:assert/strict';
import { runLane } from '../src/ingest/lane.ts';
import type { LaneOutcome, LaneTask } from '../src/ingest/lane-protocol.ts';
import { EventHubsSource } from '../src/ingest/sources/event-hubs.ts';

export default function run(task: LaneTask): Promise<LaneOutcome> {
  return runLane(task, (assignment) => {
    assert(assignment.kind === 'event-hubs');
    return new EventHubsSource(assignment);
  });
}
