import { IngestMeter } from '../src/cli/ingest-meter.ts';
import { type CommitEvent, Coordinator, LaneRun, type LaneSettings } from '../src/ingest/coordinator.ts';
import type { LaneOutcome, LaneTask } from '../src/ingest/lane-protocol.ts';
import type { SourcePlan } from '../src/ingest/sources/plan.ts';
import { laneModule } from '../src/ingest/worker-entry.ts';
import type { Catalog } from '../src/store/catalog.ts';
import { mainThreadCpuS } from './processor-time.ts';
import { WarmRate } from './warm-rate.ts';

/**
 * Reads all that an opened plan holds, without rules.
 *
 * @param lanes worker threads; 0 is one lane in this thread, where Node's profiler sees it: it writes no profile of a worker.
 * @returns tells what it took up to the call, as the last line of a measured program.
 */
export async function runLanes(
  catalog: Catalog,
  plan: SourcePlan,
  lanes: number,
  settings: LaneSettings,
): Promise<() => object> {
  const meter = new IngestMeter();
  const warm = new WarmRate(lanes);
  const count = (event: CommitEvent) => {
    meter.count(event);
    warm.count(event);
  };
  if (lanes === 0) await runHere(new LaneRun(catalog, plan, 0, count), plan, settings);
  else await new Coordinator(catalog, settings, count).run([plan], lanes, new AbortController().signal);
  return () => ({
    ...meter.summary({ findings: 0, failedRules: 0 }),
    main_thread_cpu_s: mainThreadCpuS(),
    warm_cpu_s_per_million: warm.perMillion,
  });
}

async function runHere(run: LaneRun, plan: SourcePlan, settings: LaneSettings): Promise<void> {
  const assignment = plan.assignment(0);
  if (assignment === null) return;
  const lane: { default: (task: LaneTask) => Promise<LaneOutcome> } = await import(laneModule(assignment.kind));
  const outcome = await lane.default({ ...settings, assignment, port: run.lanePort(new AbortController().signal) });
  run.close();
  if (!outcome.ok) throw new Error(outcome.message);
}
