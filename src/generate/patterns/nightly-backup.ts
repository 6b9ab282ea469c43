import { sasCaller, tools } from '../caller.ts';
import { serviceGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { siteAddress, withPort } from '../network.ts';
import { dailyStarts, isSunday, planRuns, type Run, rowsOf } from '../runs.ts';
import { dayMs, minuteMs, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

const minutes = 235;
const sundayFactor = 4;

/**
 * A backup vendor's job from one or two fixed addresses, 01:00 to 05:00, 50 to 400 GB a night and four times that on
 * Sundays; it writes, or (an off-site copy) reads. One container SAS of 60 days.
 */
export const nightlyBackup: Pattern = {
  name: 'nightly backup',
  weight: 12,
  plan(site, budget) {
    const starts = dailyStarts(site.period, 60, minutes);
    const weight = (start: number): number => (isSunday(start) ? sundayFactor : 1);
    const runs = planRuns(starts, budget, { rowsMin: 12, rowsMax: 250_000, weight });
    return { rows: rowsOf(runs), stream: nights(site, runs) };
  },
};

function* nights({ account, book, prng, period }: Site, runs: readonly Run[]): Generator<LogEvent> {
  const token = book.mint({
    name: `${account.name} backup vendor`,
    benign: true,
    account: account.name,
    key: account.key1,
    resource: 'backup-vault',
    parameters: serviceGrant('c', 'racwdl', { start: period.start - 10 * dayMs, end: period.start + 50 * dayMs }),
  });
  const caller = sasCaller(token, tools.backup);
  const reads = prng.chance(0.5);
  const machines = prng.int(1, 2);
  for (const [night, { start, rows }] of runs.entries()) {
    const bytes = prng.int(50, 400) * 1e9 * (isSunday(start) ? sundayFactor : 1);
    for (let i = 0; i < rows; i++) {
      const draft = {
        time: spread(i, rows, { start, end: start + minutes * minuteMs }, prng),
        account,
        caller,
        callerIp: withPort(siteAddress(account, 'backup', i % machines), prng),
        container: 'backup-vault',
        activity: nightlyBackup.name,
      };
      const blob = `vol-${i % 4}/inc-${String(reads ? night % 7 : night).padStart(4, '0')}/chunk-${String(i).padStart(7, '0')}.vbk`;
      const size = Math.floor((bytes / rows) * (0.5 + prng.unit()));
      if (i === 0) yield logEvent({ ...draft, operation: operations.listBlobs, bytesOut: prng.int(40_000, 900_000) });
      else if (reads) yield logEvent({ ...draft, operation: operations.getBlob, blob, bytesOut: size });
      else yield logEvent({ ...draft, operation: operations.putBlob, blob, bytesIn: size });
    }
  }
}
