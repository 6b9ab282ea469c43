import { sasCaller, tools } from '../caller.ts';
import { policyGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { siteAddress, withPort } from '../network.ts';
import { planRuns, type Run, regularStarts, rowsOf } from '../runs.ts';
import { mebibyte, minuteMs, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

/** A log shipper lists and reads the hour's PT1H.json files; storage does not log all of it. */
export const logShipper: Pattern = {
  name: 'log shipper',
  weight: 3,
  plan(site, budget) {
    const runs = planRuns(regularStarts(site.period, 60, 12, 8), budget, { rowsMin: 2, rowsMax: 40 });
    return { rows: rowsOf(runs), stream: hours(site, runs) };
  },
};

function* hours({ account, book, prng }: Site, runs: readonly Run[]): Generator<LogEvent> {
  const token = book.mint({
    name: `${account.name} log shipper`,
    benign: true,
    account: account.name,
    key: account.key2,
    resource: 'insights-logs-storageread',
    parameters: policyGrant('log-shipper'),
  });
  const caller = sasCaller(token, tools.logShipper);
  for (const { start, rows } of runs) {
    const hour = new Date(start).toISOString();
    for (let i = 0; i < rows; i++) {
      const draft = {
        time: spread(i, rows, { start, end: start + 6 * minuteMs }, prng),
        account,
        caller,
        callerIp: withPort(siteAddress(account, 'log shipper', 0), prng),
        container: 'insights-logs-storageread',
        activity: logShipper.name,
      };
      const blob = `resourceId=/subscriptions/00000000-0000-4000-8000-00000000c0de/y=${hour.slice(0, 4)}/m=${hour.slice(5, 7)}/d=${hour.slice(8, 10)}/h=${hour.slice(11, 13)}/m=00/PT1H-${i}.json`;
      if (i === 0) yield logEvent({ ...draft, operation: operations.listBlobs, bytesOut: 21_000 });
      else yield logEvent({ ...draft, operation: operations.getBlob, blob, bytesOut: prng.int(1, 30) * mebibyte });
    }
  }
}
