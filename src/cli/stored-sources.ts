import type { Config } from '../core/config.ts';
import type { Span } from '../ingest/sources/archive/layout.ts';
import { isArchiveUrl, parseArchiveUrl } from '../ingest/sources/archive/url.ts';
import type { ArchiveUsage } from '../ingest/sources/archive/usage.ts';
import { type Committed, FilePlan, type FoundLogs, type SourcePlan } from '../ingest/sources/plan.ts';
import { stdinPath } from '../ingest/sources/standard-input.ts';
import type { TimeRange } from '../ingest/time-range.ts';
import { instanceId } from './instance-id.ts';
import type { PipelineReport } from './pipeline-report.ts';
import type { Session } from './session.ts';

export interface StoredSourcesRequest {
  /** Files, folders, `-` and places in archives. */
  readonly operands: readonly string[];
  readonly session: Session;
  readonly config: Config;
  readonly once: boolean;
  /** Name of this run's standard input in positions. */
  readonly stdinName: string;
  /** Event time wanted; null: all. Logs filed under hours that cannot hold it are not opened. */
  readonly range: TimeRange | null;
  /** What becomes of half a last line: waited for, or taken for the quarantine. */
  readonly tail: 'leave' | 'take';
  /** The data folder that claims hours, where `archive.claims_container` says where; null: it claims none. */
  readonly claimant: string | null;
}

/** Plans of all that is stored, in files or in blobs, and what the latter cost. */
export interface StoredSources {
  readonly plans: readonly SourcePlan[];
  /** Null where there is no archive among the sources. */
  readonly usage: () => ArchiveUsage | null;
  /** What there was to read; null where none of its kind is among the sources. */
  readonly found: { readonly files: FoundLogs | null; readonly blobs: FoundLogs | null };
}

/**
 * Lists files and blobs and tells people how many there are.
 *
 * @throws AppError CONFIG_INVALID, SOURCE_AUTH, SOURCE_UNAVAILABLE, SCHEMA_UNKNOWN; the reason of the session's signal, where it
 * aborts meanwhile.
 */
export async function openStoredSources(
  request: StoredSourcesRequest,
  committed: Committed,
  report: PipelineReport,
): Promise<StoredSources> {
  const { operands, session, config, once, stdinName, range, tail, claimant } = request;
  const logged = range === null ? null : milliseconds(range);
  const urls = operands.filter(isArchiveUrl).map(parseArchiveUrl);
  const paths = operands.filter((operand) => !isArchiveUrl(operand));
  const plans: SourcePlan[] = [];
  let files: FoundLogs | null = null;
  if (paths.length > 0) {
    const onTrouble = (text: string) => report.note(text);
    const plan = new FilePlan({ paths, once, tail, stdinName, logged, onTrouble }, committed);
    files = await plan.open();
    if (paths.every((path) => path === stdinPath)) report.note('reading standard input');
    else report.found('file', files);
    plans.push(plan);
  }
  if (urls.length === 0) return { plans, usage: () => null, found: { files, blobs: null } };
  const { requestsPerSecond, pollIntervalMs, claimsContainer, ...connection } = config.archive;
  const { BlobArchivePlan } = await import('../ingest/sources/archive/plan.ts');
  const archive = new BlobArchivePlan(
    {
      urls,
      connection,
      requestsPerSecond,
      logged,
      tail,
      once,
      lookAgainMs: pollIntervalMs,
      clock: session.effects.clock,
      onTrouble: (text) => report.note(text),
      ...(claimsContainer === null || claimant === null
        ? {}
        : { claims: { container: claimsContainer, instance: await instanceId(claimant) } }),
    },
    committed,
  );
  const { signal } = session.effects;
  // An archive out of reach is listed for as long as it takes.
  signal.addEventListener('abort', () => archive.stop(), { once: true });
  const blobs = await archive.open();
  signal.throwIfAborted();
  report.found('blob', blobs);
  return { plans: [...plans, archive], usage: () => archive.usage, found: { files, blobs } };
}

function milliseconds({ since, until }: TimeRange): Span {
  return { from: Number(since / 1_000n), to: Number((until + 999n) / 1_000n) };
}
