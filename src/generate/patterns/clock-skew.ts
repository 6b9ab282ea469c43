import { sasCaller, tools } from '../caller.ts';
import { serviceGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { siteAddress, withPort } from '../network.ts';
import { planRuns, type Run, regularStarts, rowsOf } from '../runs.ts';
import { kibibyte, minuteMs, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

const skewMinutes = 5;

/** Devices whose clocks are up to five minutes off use an hourly SAS a little before it begins and after it has ended. */
export const clockSkew: Pattern = {
  name: 'clock skew',
  weight: 3,
  plan(site, budget) {
    const runs = planRuns(regularStarts(site.period, 120, 10, 70), budget, { rowsMin: 4, rowsMax: 2_000 });
    return { rows: rowsOf(runs), stream: devices(site, runs) };
  },
};

function* devices({ account, book, prng }: Site, runs: readonly Run[]): Generator<LogEvent> {
  for (const [run, { start, rows }] of runs.entries()) {
    const valid = { start: start + skewMinutes * minuteMs, end: start + (skewMinutes + 60) * minuteMs };
    const token = book.mint({
      name: `${account.name} meter ${run}`,
      benign: true,
      account: account.name,
      key: account.key1,
      resource: 'telemetry',
      parameters: serviceGrant('c', 'cw', valid),
    });
    const caller = sasCaller(token, tools.device);
    const span = { start, end: valid.end + skewMinutes * minuteMs };
    for (let i = 0; i < rows; i++) {
      const time = spread(i, rows, span, prng);
      const denied = time < valid.start || time >= valid.end;
      yield logEvent({
        time,
        account,
        caller,
        callerIp: withPort(siteAddress(account, 'meters', i % 5), prng),
        container: 'telemetry',
        blob: `run-${run}/reading-${String(i).padStart(4, '0')}.json`,
        operation: operations.putBlob,
        ...(denied ? { statusCode: 403, statusText: 'AuthenticationFailed' } : {}),
        bytesIn: prng.int(1, 40) * kibibyte,
        activity: clockSkew.name,
      });
    }
  }
}
