import { sasCaller, tools } from '../caller.ts';
import { serviceGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { siteAddress, withPort } from '../network.ts';
import { dayMs, hourMs, mebibyte, type Period, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

const pageKeys = 5_000;
const rangesPerObject = 4;
const rangeBytes = 8 * mebibyte;

/** An announced move of a container: one week, one address, a new token; all is listed, then all is read in ranges of 8 MiB. */
export const azcopyMigration: Pattern = {
  name: 'azcopy migration',
  weight: 10,
  plan(site, budget) {
    const { start, end } = site.period;
    const length = Math.min(7 * dayMs, (end - start) / 4);
    const from = start + (0.2 + 0.4 * site.prng.unit()) * (end - start);
    const rows = budget < 20 ? 0 : Math.min(budget, 500_000);
    return { rows, stream: week(site, rows, { start: from, end: from + length }) };
  },
};

function* week({ account, book, prng }: Site, rows: number, span: Period): Generator<LogEvent> {
  if (rows === 0) return;
  const token = book.mint({
    name: `${account.name} migration`,
    benign: true,
    account: account.name,
    key: account.key2,
    resource: 'legacy',
    parameters: serviceGrant('c', 'rl', { start: span.start - hourMs, end: span.end + dayMs }),
  });
  const caller = sasCaller(token, tools.azcopy);
  const callerIp = withPort(siteAddress(account, 'migration', 0), prng);
  const pages = Math.max(1, Math.ceil(rows / rangesPerObject / pageKeys));
  for (let i = 0; i < rows; i++) {
    const draft = { time: spread(i, rows, span, prng), account, caller, callerIp, container: 'legacy' };
    const activity = azcopyMigration.name;
    if (i < pages) {
      const queryTail = i === 0 ? '' : `&marker=2%21108%21${String(i * pageKeys).padStart(9, '0')}`;
      yield logEvent({ ...draft, activity, operation: operations.listBlobs, queryTail, bytesOut: pageKeys * 460 });
      continue;
    }
    const object = Math.floor((i - pages) / rangesPerObject);
    yield logEvent({
      ...draft,
      activity,
      operation: operations.getBlob,
      blob: `share/${object % 97}/document-${String(object).padStart(7, '0')}.docx`,
      statusCode: 206,
      bytesOut: rangeBytes,
      rangeStart: ((i - pages) % rangesPerObject) * rangeBytes,
    });
  }
}
