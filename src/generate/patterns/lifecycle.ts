import { trustedCaller } from '../caller.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { dailyStarts, planRuns, type Run, rowsOf } from '../runs.ts';
import { hourMs, minuteMs, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

const burstMinutes = 12;

/** The storage service's lifecycle rules: bursts of deletes, every fourth night of tier changes, between 00:00 and 06:00. */
export const lifecycle: Pattern = {
  name: 'lifecycle',
  weight: 8,
  plan(site, budget) {
    const starts = dailyStarts(site.period, 0, 6 * 60);
    const runs = planRuns(starts, budget, { rowsMin: 10, rowsMax: 1_000_000 });
    return { rows: rowsOf(runs), stream: bursts(site, runs) };
  },
};

function* bursts({ account, prng }: Site, runs: readonly Run[]): Generator<LogEvent> {
  const caller = trustedCaller();
  for (const [night, { start, rows }] of runs.entries()) {
    const from = start + prng.unit() * (6 * hourMs - burstMinutes * minuteMs);
    const tiers = night % 4 === 3;
    for (let i = 0; i < rows; i++) {
      yield logEvent({
        time: spread(i, rows, { start: from, end: from + burstMinutes * minuteMs }, prng),
        account,
        caller,
        callerIp: `10.161.${night % 200}.9:${prng.int(10_000, 60_000)}`,
        container: tiers ? 'archive' : 'scratch',
        blob: `job-${String(night).padStart(5, '0')}/shard-${String(i).padStart(6, '0')}.tmp`,
        operation: tiers ? operations.setBlobTier : operations.deleteBlob,
        statusCode: tiers ? 200 : 202,
        queryTail: `${tiers ? '&' : ''}sv=2019-02-02&sp=rwdlacuptx&sr=c&sk=system-1&sig=XXXXX`,
        activity: lifecycle.name,
      });
    }
  }
}
