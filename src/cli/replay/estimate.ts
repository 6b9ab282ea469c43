import { limits } from '../../core/limits.ts';

/** What is left to read, and how. */
export interface ReplayWork {
  readonly files: number;
  readonly fileBytes: number;
  /** Bytes of each range of a blob. */
  readonly blobRangeBytes: readonly number[];
  /** Lanes, and cores for them. */
  readonly lanes: number;
  readonly cores: number;
  readonly requestsPerSecond: number | null;
}

export interface ReplayEstimate {
  /** Requests that download; those that list have been made. */
  readonly requests: number;
  readonly bytes: number;
  /** Rough: this machine's cores may be slower, and a network too. */
  readonly seconds: number;
}

/**
 * Processor seconds for a gigabyte (10^9 bytes) of resource logs from reading to commit, hashing included, rules excluded, and
 * for a log as such, however small: docs/sizing.md.
 */
const cpuSecondsPerGb = { file: 4.3, blob: 6.5 } as const;
const cpuSecondsPerLog = { file: 0.0004, blob: 0.0017 } as const;
/** Start, listing and the last run of the rules. */
const secondsAtLeast = 5;

/** How long a replay may take: by the processor's work, and by the rate of requests where that is held down. */
export function estimateReplay(work: ReplayWork): ReplayEstimate {
  const { files, fileBytes, blobRangeBytes, lanes, cores, requestsPerSecond } = work;
  const blobBytes = blobRangeBytes.reduce((sum, bytes) => sum + bytes, 0);
  const requests = blobRangeBytes.reduce((sum, bytes) => sum + Math.ceil(bytes / limits.readBytes), 0);
  const cpuS =
    (fileBytes * cpuSecondsPerGb.file + blobBytes * cpuSecondsPerGb.blob) / 1e9 +
    files * cpuSecondsPerLog.file +
    blobRangeBytes.length * cpuSecondsPerLog.blob;
  const seconds = Math.max(
    cpuS / Math.min(lanes, cores),
    requestsPerSecond === null ? 0 : requests / requestsPerSecond,
  );
  return { requests, bytes: fileBytes + blobBytes, seconds: Math.ceil(secondsAtLeast + seconds) };
}
