import { availableParallelism } from 'node:os';
import type { Config } from '../../core/config.ts';
import type { Level } from '../../core/finding.ts';
import type { Catalog } from '../../store/catalog.ts';
import { readManifest } from '../../store/manifest.ts';
import { openReader } from '../../store/reader.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { judgedCode } from '../fail-on.ts';
import { runPipeline } from '../pipeline.ts';
import { duration, PipelineReport } from '../pipeline-report.ts';
import type { Session } from '../session.ts';
import { openStoredSources, type StoredSources } from '../stored-sources.ts';
import { coverageLine, coverageOf } from './coverage.ts';
import { estimateReplay } from './estimate.ts';
import { logsRead } from './logs-read.ts';
import { type ManifestEnd, manifestPath, writeManifest } from './manifest.ts';
import type { ReplayRange } from './range.ts';

/** One replay as it was asked for. */
export interface ReplayCall {
  readonly session: Session;
  readonly config: Config;
  readonly operands: readonly string[];
  readonly range: ReplayRange;
  readonly dataDir: string;
}

function sourcesOf({ session, config, operands, range }: ReplayCall) {
  return { operands, session, config, once: true, stdinName: 'stdin', range, tail: 'take', claimant: null } as const;
}

/**
 * Reads and judges, then tells coverage and writes the manifest.
 *
 * @returns 5 where a log changed while it was read, else as `--fail-on` says.
 */
export async function runReplay(call: ReplayCall, failOn: Level | undefined): Promise<ExitCode | undefined> {
  const { session, config, range, dataDir, operands } = call;
  const report = new PipelineReport(session);
  let archiveUsage: StoredSources['usage'] = () => null;
  let manifest: ManifestEnd | undefined;
  let coverage = {};
  const { summary, findings } = await runPipeline({
    config,
    dataDir,
    range,
    live: false,
    proof: true,
    signal: session.effects.signal,
    plans: async (committed) => {
      const { plans, usage } = await openStoredSources(sourcesOf(call), committed, report);
      archiveUsage = usage;
      return plans;
    },
    onEnd: async (catalog: Catalog) => {
      const logs = logsRead(await catalog.positions(), await catalog.stretchesRead());
      const request = { sources: operands, since: range.sinceText, until: range.untilText };
      manifest = await writeManifest(dataDir, request, logs);
      coverage = await tellCoverage(call, report);
    },
    ...report.hooks,
  });
  const { logs = 0, changed = 0, unproved_bytes = 0, chain = '' } = manifest ?? {};
  const proof = { logs, changed_logs: changed, unproved_bytes, manifest: manifestPath(dataDir), chain };
  await report.end({ ...summary, ...archiveUsage(), data: dataDir, ...coverage, ...proof });
  return changed > 0 ? exitCodes.integrity : judgedCode(failOn, findings, summary.failed_rules);
}

/** Says for which hours of the range there are records, account by account. @returns the sums. */
async function tellCoverage({ dataDir, range }: ReplayCall, report: PipelineReport) {
  const reader = await openReader(dataDir);
  try {
    const coverage = await coverageOf(reader, range);
    for (const category of coverage) report.tell({ type: 'coverage', ...category }, coverageLine(category));
    if (coverage.length === 0) {
      report.note(
        `no records from ${range.sinceText} to ${range.untilText}: what happened then cannot be told from these logs`,
      );
    }
    const sum = (of: (category: (typeof coverage)[number]) => number) =>
      coverage.reduce((total, category) => total + of(category), 0);
    return {
      accounts: new Set(coverage.map(({ account }) => account)).size,
      first: coverage.map(({ first }) => first).sort()[0] ?? null,
      last:
        coverage
          .map(({ last }) => last)
          .sort()
          .at(-1) ?? null,
      hours_with_records: sum((category) => category.hours_with_records),
      hours_without_records: sum((category) => category.hours_without_records),
    };
  } finally {
    reader.close();
  }
}

/** Lists, reads nothing and writes nothing: how much there is left to read, in how many requests, in about what time. */
export async function tellEstimate(call: ReplayCall): Promise<undefined> {
  const { session, config, dataDir } = call;
  const report = new PipelineReport(session);
  const known = (await readManifest(dataDir))?.sources ?? [];
  const reached = new Map(known.map((position) => [`${position.source}\n${position.partition}`, position]));
  const { found, plans, usage } = await openStoredSources(
    sourcesOf(call),
    (source, partition) => reached.get(`${source}\n${partition}`),
    report,
  );
  for (const plan of plans) plan.stop();
  const { files, blobs } = found;
  const estimate = estimateReplay({
    files: files?.unread.logs ?? 0,
    fileBytes: files?.unread.bytes ?? 0,
    blobRangeBytes: blobs?.unread.rangeBytes ?? [],
    lanes: config.ingest.lanes,
    cores: availableParallelism(),
    requestsPerSecond: config.archive.requestsPerSecond,
  });
  report.note(`about ${duration(estimate.seconds)} on this machine; nothing was read`);
  await report.end({
    files: files?.unread.logs ?? 0,
    blobs: blobs?.unread.logs ?? 0,
    ...estimate,
    list_requests: usage()?.list_requests ?? 0,
    data: dataDir,
  });
}
