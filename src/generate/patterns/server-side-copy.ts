import { oauthCaller, sasCaller, tools } from '../caller.ts';
import { delegationKey, deployPrincipalId, estateAccountId } from '../estate.ts';
import { delegationGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { sameRegionAddress, storageServiceAddress, withPort } from '../network.ts';
import { dailyStarts, planRuns, type Run, rowsOf } from '../runs.ts';
import { hourMs, mebibyte, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

/** A nightly geo-copy: a principal orders copies, the storage service reads the sources from its own addresses with a SAS. */
export const serverSideCopy: Pattern = {
  name: 'server-side copy',
  weight: 6,
  plan(site, budget) {
    const runs = planRuns(dailyStarts(site.period, 210, 60), budget, { rowsMin: 8, rowsMax: 100_000 });
    return { rows: rowsOf(runs), stream: copies(site, runs) };
  },
};

function* copies({ account, book, prng }: Site, runs: readonly Run[]): Generator<LogEvent> {
  const orderer = oauthCaller(deployPrincipalId, '', 'write', tools.dotnetSdk);
  const destination = `"copyDestinationArmId":"${estateAccountId(account.name)}",`;
  for (const [night, { start, rows }] of runs.entries()) {
    const token = book.mint({
      name: `${account.name} geo-copy ${night}`,
      benign: true,
      account: account.name,
      key: delegationKey,
      resource: 'assets',
      parameters: delegationGrant('r', { start: start - hourMs, end: start + 4 * hourMs }),
    });
    const service = sasCaller(token, tools.storageService);
    for (let i = 0; i < rows; i++) {
      const time = spread(i, rows, { start, end: start + hourMs }, prng);
      const blob = `image-${String((night * 7 + (i >> 1)) % 5_000).padStart(5, '0')}.png`;
      const draft = { time, account, blob, activity: serverSideCopy.name };
      yield i % 2 === 0
        ? logEvent({
            ...draft,
            caller: orderer,
            callerIp: withPort(sameRegionAddress(40), prng),
            container: 'assets-mirror',
            operation: operations.copyBlob,
            statusCode: 202,
          })
        : logEvent({
            ...draft,
            caller: service,
            callerIp: withPort(storageServiceAddress(prng.int(0, 30)), prng),
            container: 'assets',
            operation: operations.getBlob,
            bytesOut: prng.int(1, 40) * mebibyte,
            properties: destination,
          });
    }
  }
}
