import { sasCaller, tools } from '../caller.ts';
import { policyGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { siteAddress, withPort } from '../network.ts';
import { dayMs, kibibyte, workdays } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

const officeTools = [tools.browser, tools.storageExplorer, tools.portal] as const;
const leaseDays = 30;

/** An office behind one address that its provider changes once a month; everyone there shares one policy SAS. */
export const natOffice: Pattern = {
  name: 'nat office',
  weight: 6,
  plan: (site, budget) => ({ rows: budget, stream: work(site, budget) }),
};

function* work({ account, book, prng, period }: Site, rows: number): Generator<LogEvent> {
  const token = book.mint({
    name: `${account.name} office share`,
    benign: true,
    account: account.name,
    key: account.key2,
    resource: 'team',
    parameters: policyGrant('office'),
  });
  const callers = officeTools.map((tool) => sasCaller(token, tool));
  const [first] = callers;
  if (first === undefined) return;
  const timeOf = workdays(rows, period, prng);
  const offset = prng.int(0, leaseDays - 1);
  for (let i = 0; i < rows; i++) {
    const time = timeOf(i);
    const lease = Math.floor((time / dayMs + offset) / leaseDays);
    const kind = prng.unit();
    const draft = {
      time,
      account,
      caller: callers[prng.int(0, callers.length - 1)] ?? first,
      callerIp: withPort(siteAddress(account, 'office', lease), prng),
      container: 'team',
      activity: natOffice.name,
    };
    const blob = `reports/2024/sheet-${String(prng.zipf(800)).padStart(4, '0')}.xlsx`;
    const bytes = prng.int(20, 4_000) * kibibyte;
    if (kind < 0.15) yield logEvent({ ...draft, operation: operations.listBlobs, bytesOut: 90_000 });
    else if (kind < 0.3) yield logEvent({ ...draft, operation: operations.putBlob, blob, bytesIn: bytes });
    else yield logEvent({ ...draft, operation: operations.getBlob, blob, bytesOut: bytes });
  }
}
