import { sasCaller, tools } from '../caller.ts';
import { delegationKey } from '../estate.ts';
import { delegationGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { siteAddress, withPort } from '../network.ts';
import { dailyStarts, isWorkday, planRuns, type Run, rowsOf } from '../runs.ts';
import { hourMs, kibibyte, minuteMs, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

/** A site is synced to $web on working days: the same 100 to 5,000 files are written over within two minutes, some removed. */
export const websiteDeploy: Pattern = {
  name: 'website deploy',
  weight: 10,
  plan(site, budget) {
    const starts = dailyStarts(site.period, 15 * 60, 5).filter(isWorkday);
    const runs = planRuns(starts, budget, { rowsMin: 40, rowsMax: 5_000 });
    return { rows: rowsOf(runs), stream: deploys(site, runs) };
  },
};

const extensions = ['html', 'js', 'css', 'png'];

function* deploys({ account, book, prng }: Site, runs: readonly Run[]): Generator<LogEvent> {
  for (const [run, { start, rows }] of runs.entries()) {
    const token = book.mint({
      name: `${account.name} deploy ${run}`,
      benign: true,
      account: account.name,
      key: delegationKey,
      resource: '$web',
      parameters: delegationGrant('rwdl', { start: start - 5 * minuteMs, end: start + hourMs }),
    });
    const caller = sasCaller(token, tools.azcopy);
    const callerIp = withPort(siteAddress(account, 'deploy', run % 3), prng);
    const deletes = Math.floor(rows / 20);
    for (let i = 0; i < rows; i++) {
      const time = spread(i, rows, { start, end: start + 2 * minuteMs }, prng);
      const draft = { time, account, caller, callerIp, container: '$web', activity: websiteDeploy.name };
      if (i === 0) yield logEvent({ ...draft, operation: operations.listBlobs, bytesOut: 48_211 });
      else if (i >= rows - deletes) {
        const blob = `news/old-${run}-${i}.html`;
        yield logEvent({ ...draft, operation: operations.deleteBlob, statusCode: 202, blob });
      } else {
        const blob = `assets/page-${i}.${extensions[i % extensions.length]}`;
        yield logEvent({ ...draft, operation: operations.putBlob, blob, bytesIn: prng.int(1, 200) * kibibyte });
      }
    }
  }
}
