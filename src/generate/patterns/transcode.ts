import { sasCaller, tools } from '../caller.ts';
import { policyGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { sameRegionAddress, withPort } from '../network.ts';
import { dailyStarts, planRuns, type Run, rowsOf } from '../runs.ts';
import { hourMs, mebibyte, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

/** Videos are read and written again under the same name with another ending, 30 to 95 % as large. */
export const transcode: Pattern = {
  name: 'transcode',
  weight: 6,
  plan(site, budget) {
    const limits = { rowsMin: 10, rowsMax: 20_000 };
    const runs = planRuns(dailyStarts(site.period, 9 * 60, 8 * 60), budget, limits).map(({ start, rows }) => {
      return { start, rows: rows - (rows % 2) };
    });
    return { rows: rowsOf(runs), stream: films(site, runs) };
  },
};

function* films({ account, book, prng }: Site, runs: readonly Run[]): Generator<LogEvent> {
  const token = book.mint({
    name: `${account.name} transcoder`,
    benign: true,
    account: account.name,
    key: account.key2,
    resource: 'media',
    parameters: policyGrant('transcode'),
  });
  const caller = sasCaller(token, tools.ffmpeg);
  for (const [run, { start, rows }] of runs.entries()) {
    let size = 0;
    for (let i = 0; i < rows; i++) {
      const name = `day-${String(run).padStart(5, '0')}/clip-${String(i >> 1).padStart(5, '0')}`;
      const draft = {
        time: spread(i, rows, { start, end: start + 8 * hourMs }, prng),
        account,
        caller,
        callerIp: withPort(sameRegionAddress(90 + (i % 4)), prng),
        container: 'media',
        activity: transcode.name,
      };
      if (i % 2 === 0) {
        size = prng.int(40, 900) * mebibyte;
        yield logEvent({ ...draft, operation: operations.getBlob, blob: `${name}.mov`, bytesOut: size });
      } else {
        const bytesIn = Math.floor(size * (0.3 + 0.65 * prng.unit()));
        yield logEvent({ ...draft, operation: operations.putBlob, blob: `${name}.mp4`, bytesIn });
      }
    }
  }
}
