import { oauthCaller, tools } from '../caller.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { sameRegionAddress, withPort } from '../network.ts';
import { dailyStarts, isSunday, planRuns, type Run, rowsOf } from '../runs.ts';
import { hourMs, kibibyte, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

const scannerPrincipalId = '77c0ffee-3333-4a5b-8c6d-0123456789ab';

/** A classification or virus scanner reads every object of a container once, each Sunday evening, as a principal. */
export const inventoryScan: Pattern = {
  name: 'inventory scan',
  weight: 6,
  plan(site, budget) {
    const starts = dailyStarts(site.period, 18 * 60, 5 * 60).filter(isSunday);
    const runs = planRuns(starts, budget, { rowsMin: 20, rowsMax: 500_000 });
    return { rows: rowsOf(runs), stream: scans(site, runs) };
  },
};

function* scans({ account, prng }: Site, runs: readonly Run[]): Generator<LogEvent> {
  const caller = oauthCaller(scannerPrincipalId, '', 'read', tools.scanner);
  for (const { start, rows } of runs) {
    for (let i = 0; i < rows; i++) {
      const draft = {
        time: spread(i, rows, { start, end: start + 4 * hourMs }, prng),
        account,
        caller,
        callerIp: withPort(sameRegionAddress(60 + (i % 3)), prng),
        container: 'library',
        activity: inventoryScan.name,
      };
      if (i === 0) yield logEvent({ ...draft, operation: operations.listBlobs, bytesOut: 2_300_000 });
      else {
        const blob = `shelf-${i % 40}/item-${String(i).padStart(7, '0')}.pdf`;
        yield logEvent({ ...draft, operation: operations.getBlob, blob, bytesOut: prng.int(8, 2_000) * kibibyte });
      }
    }
  }
}
