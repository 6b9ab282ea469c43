import type { Config } from '../../core/config.ts';
import { RequestGate } from '../../ingest/sources/archive/request-gate.ts';
import { UsageCounter } from '../../ingest/sources/archive/usage.ts';
import { RereadLogs } from '../../ingest/sources/reread.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { PipelineReport } from '../pipeline-report.ts';
import type { Session } from '../session.ts';
import { readManifest } from './manifest.ts';
import { type Difference, verifyLogs } from './verify.ts';

/** Tries of one request before the verification gives up. */
const triesMax = 10;

const words: Readonly<Record<Difference['difference'], string>> = {
  changed: 'holds other bytes than were read',
  shorter: 'has lost bytes that were read',
  missing: 'is gone',
  unproved: 'has bytes without a hash',
};

/**
 * Checks the manifest's chain and compares every log with it.
 *
 * @returns 5 where a log is not as it was; one with bytes that were never hashed is told of and counted, no more.
 * @throws AppError CONFIG_INVALID, REPLAY_INTEGRITY, SOURCE_AUTH, SOURCE_UNAVAILABLE.
 */
export async function runVerification(
  session: Session,
  config: Config,
  dataDir: string,
): Promise<ExitCode | undefined> {
  const report = new PipelineReport(session);
  const { signal } = session.effects;
  const { logs, chain } = await readManifest(dataDir);
  const { requestsPerSecond, pollIntervalMs: _, claimsContainer: __, ...connection } = config.archive;
  const usage = new UsageCounter();
  const again = new RereadLogs({ connection, gate: new RequestGate({ requestsPerSecond, triesMax }, usage), signal });
  const count = { changed: 0, shorter: 0, missing: 0, unproved: 0 };
  let bytes = 0;
  let checked = 0;
  await verifyLogs(logs, again, signal, (logBytes, difference) => {
    checked += 1;
    bytes += logBytes;
    report.progress(`${checked} of ${logs.length} logs compared`);
    if (difference === null) return;
    count[difference.difference] += 1;
    const line = `${difference.name} ${words[difference.difference]}, from byte ${difference.at} on`;
    report.tell({ type: 'difference', ...difference }, line);
  });
  await report.end({ logs: logs.length, bytes, ...count, ...usage.usage, chain });
  return count.changed + count.shorter + count.missing > 0 ? exitCodes.integrity : undefined;
}
