import { keyCaller, oauthCaller, tools } from '../caller.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { siteAddress, withPort } from '../network.ts';
import { dailyStarts, isWorkday, planRuns, type Run, rowsOf } from '../runs.ts';
import { hourMs, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

const adminPrincipalId = '5eed0ad1-4444-4a5b-8c6d-0123456789ab';
const clicks = [
  operations.getBlobServiceProperties,
  operations.listContainers,
  operations.getContainerAcl,
  operations.listBlobs,
  operations.getContainerProperties,
] as const;

/** Administrators look around with the portal and Storage Explorer: service properties, access levels, pages of names. */
export const portal: Pattern = {
  name: 'portal',
  weight: 2,
  plan(site, budget) {
    const starts = dailyStarts(site.period, 8 * 60, 9 * 60).filter(isWorkday);
    const runs = planRuns(starts, budget, { rowsMin: 5, rowsMax: 200 });
    return { rows: rowsOf(runs), stream: sessions(site, runs) };
  },
};

function* sessions({ account, prng }: Site, runs: readonly Run[]): Generator<LogEvent> {
  const signedIn = oauthCaller(adminPrincipalId, 'admin@contoso.example', 'read', tools.portal);
  const withKey = keyCaller(account.key1, tools.storageExplorer);
  for (const [run, { start, rows }] of runs.entries()) {
    for (let i = 0; i < rows; i++) {
      const operation = clicks[i % clicks.length] ?? operations.listContainers;
      const ofService = operation.name.includes('Service') || operation.name === 'ListContainers';
      yield logEvent({
        time: spread(i, rows, { start, end: start + 9 * hourMs }, prng),
        account,
        caller: run % 3 === 0 ? withKey : signedIn,
        callerIp: withPort(siteAddress(account, 'admins', 0), prng),
        container: ofService ? '' : 'library',
        operation,
        bytesOut: operation.name.startsWith('List') ? prng.int(900, 2_400_000) : prng.int(200, 1_400),
        activity: portal.name,
      });
    }
  }
}
