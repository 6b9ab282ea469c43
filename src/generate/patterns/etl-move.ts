import { sasCaller, tools } from '../caller.ts';
import { policyGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { sameRegionAddress, withPort } from '../network.ts';
import { planRuns, type Run, regularStarts, rowsOf } from '../runs.ts';
import { mebibyte, minuteMs, spread } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

/** Every hour a pipeline reads what has landed, writes it elsewhere and deletes the source: three requests an object. */
export const etlMove: Pattern = {
  name: 'etl move',
  weight: 10,
  plan(site, budget) {
    const limits = { rowsMin: 3, rowsMax: 30_000 };
    const runs = planRuns(regularStarts(site.period, 60, 5, 20), budget, limits).map(({ start, rows }) => {
      return { start, rows: rows - (rows % 3) };
    });
    return { rows: rowsOf(runs), stream: moves(site, runs) };
  },
};

function* moves({ account, book, prng }: Site, runs: readonly Run[]): Generator<LogEvent> {
  const token = (container: string) =>
    book.mint({
      name: `${account.name} etl ${container}`,
      benign: true,
      account: account.name,
      key: account.key1,
      resource: container,
      parameters: policyGrant('etl'),
    });
  const landing = sasCaller(token('landing'), tools.pythonSdk);
  const curated = sasCaller(token('curated'), tools.pythonSdk);
  const callerIp = withPort(sameRegionAddress(77), prng);
  for (const [run, { start, rows }] of runs.entries()) {
    const span = { start, end: start + 18 * minuteMs };
    let size = 0;
    for (let i = 0; i < rows; i++) {
      const blob = `hour-${String(run).padStart(6, '0')}/part-${String(Math.floor(i / 3)).padStart(5, '0')}.parquet`;
      const draft = { time: spread(i, rows, span, prng), account, callerIp, blob, activity: etlMove.name };
      if (i % 3 === 0) {
        size = prng.int(1, 60) * mebibyte;
        const operation = operations.getBlob;
        yield logEvent({ ...draft, caller: landing, container: 'landing', operation, bytesOut: size });
      } else if (i % 3 === 1) {
        const operation = operations.putBlob;
        yield logEvent({ ...draft, caller: curated, container: 'curated', operation, bytesIn: Math.floor(size * 0.8) });
      } else {
        const operation = operations.deleteBlob;
        yield logEvent({ ...draft, caller: landing, container: 'landing', operation, statusCode: 202 });
      }
    }
  }
}
