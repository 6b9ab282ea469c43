import { sasCaller, tools } from '../caller.ts';
import { serviceGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { crowdAddress, withPort } from '../network.ts';
import { hash32 } from '../prng.ts';
import { dailyStarts, isWorkday, planRuns, type Run, rowsOf } from '../runs.ts';
import { hourMs, kibibyte, minuteMs, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

const runMinutes = 8;
const deletesMax = 120;

/**
 * Hosted build agents: each run on an address never seen before, with a container SAS of its own for 1 to 24 hours; it
 * uploads a build and removes an old one. Up to 50 runs on a working day.
 */
export const ciAgents: Pattern = {
  name: 'ci agents',
  weight: 10,
  plan(site, budget) {
    const days = dailyStarts(site.period, 7 * 60, 12 * 60).filter(isWorkday);
    const perDay = Math.max(1, Math.min(50, Math.floor(budget / Math.max(1, days.length) / 40)));
    const gap = (12 * hourMs) / perDay;
    const starts = days.flatMap((day) => Array.from({ length: perDay }, (_, i) => day + i * gap));
    const runs = planRuns(starts, budget, { rowsMin: 16, rowsMax: 10_000 });
    return { rows: rowsOf(runs), stream: builds(site, runs) };
  },
};

function* builds({ account, book, prng }: Site, runs: readonly Run[]): Generator<LogEvent> {
  const agents = hash32(`${account.name} agents`) >>> 8;
  for (const [run, { start, rows }] of runs.entries()) {
    const token = book.mint({
      name: `${account.name} ci run ${run}`,
      benign: true,
      account: account.name,
      key: account.key1,
      resource: 'builds',
      parameters: serviceGrant('c', 'rcwdl', {
        start: start - 5 * minuteMs,
        end: start + prng.int(1, 24) * hourMs,
      }),
    });
    const caller = sasCaller(token, tools.dotnetSdk);
    const callerIp = withPort(crowdAddress(agents + run), prng);
    const deletes = run < 10 ? 0 : Math.min(deletesMax, Math.floor(rows / 3));
    for (let i = 0; i < rows; i++) {
      const time = spread(i, rows, { start, end: start + runMinutes * minuteMs }, prng);
      const draft = { time, account, caller, callerIp, container: 'builds', activity: ciAgents.name };
      const removed = i - (rows - deletes);
      if (removed >= 0) {
        const blob = `build-${String(run - 10).padStart(6, '0')}/chunk-${removed}.js`;
        yield logEvent({ ...draft, operation: operations.deleteBlob, statusCode: 202, blob });
      } else {
        const blob = `build-${String(run).padStart(6, '0')}/chunk-${i}.js`;
        yield logEvent({ ...draft, operation: operations.putBlob, blob, bytesIn: prng.int(2, 900) * kibibyte });
      }
    }
  }
}
