import type { Config } from '../core/config.ts';
import { limits } from '../core/limits.ts';
import type { Catalog } from '../store/catalog.ts';
import type { CompactionOptions } from '../store/compaction-plan.ts';
import { type CompactionTotals, compactLake } from '../store/compactor.ts';
import { noReplacement } from '../store/replacement.ts';
import { expiredFiles } from '../store/retention.ts';
import type { SegmentHours } from '../store/segment-hours.ts';

export interface UpkeepOptions {
  readonly catalog: Catalog;
  readonly config: Config;
  readonly dataDir: string;
  readonly now: Date;
  readonly plan: Pick<CompactionOptions, 'until' | 'onlyGain' | 'splitSparse'>;
  readonly cpuShareMax: number;
  readonly hours?: SegmentHours;
  readonly onStep?: (totals: CompactionTotals) => void;
  readonly signal: AbortSignal;
}

/** What an upkeep did: compaction's totals, and what the retention gave up. */
export interface UpkeepTotals extends CompactionTotals {
  readonly expired_files: number;
  readonly expired_rows: number;
}

/** Compacts, then applies the retention, as configured. @throws AppError SINK_WRITE or WORKER_CRASHED, retryable. */
export async function keepUp(options: UpkeepOptions): Promise<UpkeepTotals> {
  const { catalog, config, dataDir, now, plan, signal } = options;
  const { days } = config.retention;
  const before = days === null ? null : BigInt(now.getTime() - days * 86_400_000) * 1_000n;
  const totals = await compactLake(catalog, dataDir, {
    ...plan,
    retainedFrom: before,
    policy: config.compaction.policy,
    rowsMax: limits.compactionRowsMax,
    segmentsMax: limits.compactionSegmentsMax,
    hourRowsMax: limits.hourFileRowsMax,
    cpuShareMax: options.cpuShareMax,
    signal,
    ...(options.hours === undefined ? {} : { hours: options.hours }),
    ...(options.onStep === undefined ? {} : { onStep: options.onStep }),
  });
  const expired = before === null || signal.aborted ? [] : expiredFiles(catalog.segments(), before);
  if (expired.length > 0) {
    await catalog.replace({ ...noReplacement, reason: 'expired', removed: expired });
  }
  return {
    ...totals,
    expired_files: expired.length,
    expired_rows: expired.reduce((sum, { rows }) => sum + rows, 0),
  };
}
