import type { Config } from '../core/config.ts';
import type { AppError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { limits } from '../core/limits.ts';
import { Detector } from '../detect/detector.ts';
import { type IncidentNews, IncidentStream } from '../detect/incident-stream.ts';
import { FreeSpaceFloor } from '../ingest/admission.ts';
import { type CommitEvent, Coordinator } from '../ingest/coordinator.ts';
import type { Committed, SourcePlan } from '../ingest/sources/plan.ts';
import type { TimeRange } from '../ingest/time-range.ts';
import { Catalog, type OpenReport } from '../store/catalog.ts';
import { IdleUpkeep } from './idle-upkeep.ts';
import { IngestMeter, type IngestSummary } from './ingest-meter.ts';
import type { UpkeepTotals } from './lake-upkeep.ts';
import { LiveDetection } from './live-detection.ts';

export interface PipelineHooks {
  /** What opening the data folder found and mended. */
  readonly onOpen?: (report: OpenReport) => void;
  readonly onCommit?: (meter: IngestMeter, event: CommitEvent) => void;
  /** Findings that were not known, oldest first, and what they make of incidents. */
  readonly onFindings: (findings: readonly Finding[], news: readonly IncidentNews[]) => void;
  /** What compaction and retention did beside it. */
  readonly onUpkeep?: (totals: UpkeepTotals) => void;
  /** Takes a rule that begins to fail, where the others are to go on without it; the first that fails ends the run otherwise. */
  readonly onFault?: (fault: AppError) => void;
  /** What went wrong without stopping anything. */
  readonly onNote?: (text: string) => void;
}

export interface PipelineOptions extends PipelineHooks {
  readonly config: Config;
  readonly dataDir: string;
  /** Opens what is to be read, given how far each partition has been committed. */
  readonly plans: (committed: Committed) => Promise<readonly SourcePlan[]>;
  /** Event time to keep; without it, all. */
  readonly range?: TimeRange;
  /**
   * Whether somebody watches: the rules run, the lake is compacted and readers see every commit while rows come in. Else the
   * rules run once, at the end, and segments are written and shown when they are full, or every half minute.
   */
  readonly live: boolean;
  /** First stops pulling; everything taken is committed and judged before the pipeline ends. */
  readonly signal: AbortSignal;
  /** Whether what is read is hashed. */
  readonly proof?: boolean;
  /** Called at the end, with everything committed and judged. */
  readonly onEnd?: (catalog: Catalog) => Promise<void>;
}

export interface PipelineResult {
  readonly summary: IngestSummary;
  readonly findings: readonly Finding[];
}

/**
 * The whole way: sources, lanes, lake, catalog, rules, findings, until the sources end or the signal aborts.
 *
 * @throws AppError DATA_IN_USE, SOURCE_*, SINK_WRITE, DETECTION_*; whatever was committed by then stays.
 */
export async function runPipeline(options: PipelineOptions): Promise<PipelineResult> {
  const { config, dataDir, live, signal } = options;
  const catalog = await Catalog.open(dataDir, live ? {} : { publishIntervalMs: limits.unwatchedIntervalMs });
  try {
    options.onOpen?.(catalog.openReport);
    const plans = await options.plans((source, partition) => catalog.position({ source, partition }));
    const meter = new IngestMeter();
    const detector = await Detector.open({
      dataDir,
      catalog,
      config: config.detect,
      ...(options.onFault === undefined ? {} : { onFault: options.onFault }),
    });
    const incidents = new IncidentStream(await catalog.findings());
    const detection = new LiveDetection(catalog, detector, {
      intervalMs: config.detect.intervalMs,
      latenessMs: config.detect.latenessMs,
      clockMs: () => performance.now(),
      onFindings: (findings) => options.onFindings(findings, incidents.add(findings)),
    });
    const settings = {
      dataDir,
      flushIntervalMs: Math.max(config.ingest.flushIntervalMs, live ? 0 : limits.unwatchedIntervalMs),
      batchRowsMax: config.ingest.batchRowsMax,
      decoder: config.ingest.decoder,
      writer: config.ingest.writer,
      range: options.range ?? null,
      proof: options.proof ?? false,
    };
    const onCommit = (event: CommitEvent) => {
      meter.count(event);
      detection.note(event, live);
      options.onCommit?.(meter, event);
    };
    const coordinator = new Coordinator(catalog, settings, onCommit, freeSpaceFloor(options));
    const upkeep = live ? idleUpkeep(catalog, options) : null;
    try {
      await coordinator.run(plans, config.ingest.lanes, signal);
      await catalog.publish();
      const before = process.cpuUsage();
      await detection.finish();
      meter.judged(process.cpuUsage(before));
      await options.onEnd?.(catalog);
    } finally {
      await upkeep?.stop();
      await detection.stop();
      detector.close();
    }
    const { findings } = detection;
    const { failedRules } = detector;
    return { summary: meter.summary({ findings, failedRules }), findings: await catalog.findings() };
  } finally {
    await catalog.close();
  }
}

function freeSpaceFloor({ config, dataDir, onNote }: PipelineOptions): FreeSpaceFloor {
  const freeBytesMin = config.ingest.freeSpaceMinBytes;
  const mebibytes = (bytes: number) => `${Math.floor(bytes / (1 << 20)).toLocaleString('en')} MiB`;
  return new FreeSpaceFloor({
    path: dataDir,
    freeBytesMin,
    onChange: ({ waiting, freeBytes }) => {
      const left = `the disk of ${dataDir} has ${mebibytes(freeBytes)} left`;
      onNote?.(
        waiting
          ? `${left}, less than ingest.free_space_min_bytes (${mebibytes(freeBytesMin)}): nothing more is read until there is room`
          : `${left}: reading goes on`,
      );
    },
  });
}

function idleUpkeep(catalog: Catalog, { config, dataDir, onUpkeep, onNote }: PipelineOptions): IdleUpkeep {
  return new IdleUpkeep({
    catalog,
    config,
    dataDir,
    onUpkeep: (totals) => onUpkeep?.(totals),
    onFault: (text) => onNote?.(`compaction: ${text}`),
  });
}
