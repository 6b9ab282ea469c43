import { sasCaller, tools } from '../caller.ts';
import { serviceGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { siteAddress, withPort } from '../network.ts';
import { dailyStarts, planRuns, type Run, rowsOf } from '../runs.ts';
import type { SasToken, SigningKey } from '../sas-token.ts';
import { dayMs, hourMs, kibibyte, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

const partners = 9;
const triesAfter = 2;

/**
 * Nine partners read daily with container SAS of 90 days. On one day key1 is replaced by key2 and all of them get new
 * tokens within hours; some try the old one a last time.
 */
export const keyRotation: Pattern = {
  name: 'key rotation',
  weight: 5,
  plan(site, budget) {
    const runs = planRuns(dailyStarts(site.period, 7 * 60, 4 * 60), budget, { rowsMin: 2 * partners, rowsMax: 9_000 });
    return { rows: rowsOf(runs), stream: partnerDays(site, runs) };
  },
};

function* partnerDays({ account, book, prng, period }: Site, runs: readonly Run[]): Generator<LogEvent> {
  const rotation = period.start + (0.4 + 0.3 * prng.unit()) * (period.end - period.start);
  const tokens = (key: SigningKey, start: number): SasToken[] =>
    Array.from({ length: partners }, (_, partner) =>
      book.mint({
        name: `${account.name} partner ${partner} ${key.name}`,
        benign: true,
        account: account.name,
        key,
        resource: `partner-${partner}`,
        parameters: serviceGrant('c', 'rl', { start, end: start + 90 * dayMs }),
      }),
    );
  const before = tokens(account.key1, period.start - 20 * dayMs);
  const after = tokens(account.key2, rotation - hourMs);
  let tries = triesAfter * partners;
  for (const { start, rows } of runs) {
    for (let i = 0; i < rows; i++) {
      const time = spread(i, rows, { start, end: start + 4 * hourMs }, prng);
      const partner = i % partners;
      const stale = time >= rotation && tries > 0 && prng.chance(0.3);
      if (stale) tries--;
      const token = (time < rotation || stale ? before : after)[partner];
      if (token === undefined) continue;
      const draft = {
        time,
        account,
        caller: sasCaller(token, tools.dotnetSdk),
        callerIp: withPort(siteAddress(account, 'partner', partner), prng),
        container: `partner-${partner}`,
        activity: keyRotation.name,
      };
      const blob = `out/order-${String(prng.int(0, 400)).padStart(4, '0')}.xml`;
      const denied = { statusCode: 403, statusText: 'AuthenticationFailed' };
      const bytesOut = prng.int(2, 300) * kibibyte;
      if (stale) yield logEvent({ ...draft, operation: operations.getBlob, blob, ...denied, bytesOut: 411 });
      else if (i < partners) yield logEvent({ ...draft, operation: operations.listBlobs, bytesOut: 12_000 });
      else yield logEvent({ ...draft, operation: operations.getBlob, blob, bytesOut });
    }
  }
}
