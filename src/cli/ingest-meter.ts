import { channel } from 'node:diagnostics_channel';
import { resourceUsage } from 'node:process';
import { channels } from '../core/log.ts';
import type { CommitEvent } from '../ingest/coordinator.ts';

/** What an ingest did, as its last line says it. Names and meanings are part of the command line's contract. */
export interface IngestSummary {
  readonly rows: number;
  /** Log bytes read, decompressed. */
  readonly bytes: number;
  /** Records no parser accepted; they are in the quarantine folder. */
  readonly quarantined: number;
  /** Rows delivered again after they had been committed, and dropped. */
  readonly duplicates: number;
  readonly segments: number;
  /** User and system time of the whole process, every thread. */
  readonly cpu_s: number;
  /** Of them, what the last run of the rules took, over all that no run has judged yet. */
  readonly judging_cpu_s: number;
  readonly wall_s: number;
  readonly peak_rss_bytes: number;
  /** New findings. */
  readonly findings: number;
  /** Rules that failed in the last run; what they would have found is missing. */
  readonly failed_rules: number;
}

/** What came of the rules. */
interface Judged {
  readonly findings: number;
  readonly failedRules: number;
}

const batchChannel = channel(channels.ingestBatch);
const quarantineChannel = channel(channels.ingestQuarantine);
const fallbackChannel = channel(channels.ingestFallback);

/** Counts what commits make visible, from its making on. */
export class IngestMeter {
  readonly #startedMs = performance.now();
  readonly #cpuAtStart = process.cpuUsage();
  #rows = 0;
  #bytes = 0;
  #quarantined = 0;
  #duplicates = 0;
  #segments = 0;
  #newestUs = 0n;
  #judgingCpuS = 0;

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Largest event time committed, UTC microseconds; 0n before the first row. */
  get newestUs(): bigint {
    return this.#newestUs;
  }

  get elapsedS(): number {
    return (performance.now() - this.#startedMs) / 1_000;
  }

  count({ commit, status, bytes, fallback }: CommitEvent): void {
    if (fallback !== null) fallbackChannel.publish({ records: fallback.records, inputs: fallback.inputs });
    const rows = commit.segments.reduce((sum, segment) => sum + segment.rows, 0);
    if (status === 'duplicate') {
      this.#duplicates += rows;
      return;
    }
    this.#rows += rows;
    this.#bytes += bytes;
    this.#quarantined += commit.quarantined;
    this.#segments += commit.segments.length;
    for (const { maxTime } of commit.segments) if (maxTime > this.#newestUs) this.#newestUs = maxTime;
    batchChannel.publish({ rows, bytes, segments: commit.segments.length });
    if (commit.quarantined > 0) quarantineChannel.publish({ records: commit.quarantined });
  }

  /** Takes note of what the last run of the rules took. */
  judged({ user, system }: NodeJS.CpuUsage): void {
    this.#judgingCpuS = (user + system) / 1e6;
  }

  summary({ findings, failedRules }: Judged): IngestSummary {
    const { user, system } = process.cpuUsage(this.#cpuAtStart);
    return {
      rows: this.#rows,
      bytes: this.#bytes,
      quarantined: this.#quarantined,
      duplicates: this.#duplicates,
      segments: this.#segments,
      cpu_s: round((user + system) / 1e6),
      judging_cpu_s: round(this.#judgingCpuS),
      wall_s: round(this.elapsedS),
      peak_rss_bytes: resourceUsage().maxRSS * 1024,
      findings,
      failed_rules: failedRules,
    };
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
