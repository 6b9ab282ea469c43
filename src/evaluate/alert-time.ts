import type { DuckDBConnection } from '@duckdb/node-api';
import type { Detection } from '../detect/detection.ts';
import { runDetection } from '../detect/run.ts';
import { alarmOf } from './alarm.ts';
import { isAbout } from './match.ts';
import type { Incident } from './truth-file.ts';

const minuteUs = 60_000_000n;
const graceMinutes = 15n;

/**
 * The first minute of event time at which a rule, run over all rows before it as a live run would, has a finding about an incident.
 * Found by bisection: what a rule has found of a growing stretch stays found.
 *
 * @param connection has the store's views; is not written to.
 * @returns UTC microseconds; null if there is none within 15 minutes after its end.
 */
export async function alertTime(
  connection: DuckDBConnection,
  rule: Detection,
  incident: Incident,
): Promise<bigint | null> {
  const { start, end } = incident;
  const isKnownAt = async (until: bigint): Promise<boolean> => {
    const found = await runDetection(connection, rule, { since: start, until });
    return found.some((finding) => isAbout(alarmOf(finding), incident));
  };
  let low = 0n;
  let high = (end - start) / minuteUs + 1n + graceMinutes;
  if (!(await isKnownAt(start + high * minuteUs))) return null;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (await isKnownAt(start + middle * minuteUs)) high = middle;
    else low = middle;
  }
  return start + high * minuteUs;
}
