import { sasCaller, tools } from '../caller.ts';
import { policyGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { sameRegionAddress, withPort } from '../network.ts';
import { planRuns, type Run, regularStarts, rowsOf } from '../runs.ts';
import { mebibyte, minuteMs } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

const workers = 400;
const shards = 3_000;

/** Training of the same region: waves of up to 400 workers in one second read large ranges with one policy SAS, day and night. */
export const mlTraining: Pattern = {
  name: 'ml training',
  weight: 14,
  plan(site, budget) {
    const runs = planRuns(regularStarts(site.period, 360, 25, 320), budget, { rowsMin: 60, rowsMax: 400_000 });
    return { rows: rowsOf(runs), stream: waves(site, runs) };
  },
};

function* waves({ account, book, prng }: Site, runs: readonly Run[]): Generator<LogEvent> {
  const token = book.mint({
    name: `${account.name} training`,
    benign: true,
    account: account.name,
    key: account.key1,
    resource: 'datasets',
    parameters: policyGrant('training'),
  });
  const caller = sasCaller(token, tools.pythonSdk);
  const rangeBytes = prng.pick([32, 64, 128]) * mebibyte;
  for (const { start, rows } of runs) {
    const perWave = Math.min(workers, Math.ceil(rows / 4));
    const waveCount = Math.ceil(rows / perWave);
    for (let i = 0; i < rows; i++) {
      const wave = Math.floor(i / perWave);
      yield logEvent({
        time: start + (wave * 300 * minuteMs) / waveCount + ((i % perWave) * 900) / perWave,
        account,
        caller,
        callerIp: withPort(sameRegionAddress(256 + (i % perWave)), prng),
        container: 'datasets',
        blob: `train/shard-${String(prng.int(0, shards - 1)).padStart(5, '0')}.tfrecord`,
        operation: operations.getBlob,
        statusCode: 206,
        bytesOut: rangeBytes,
        rangeStart: prng.int(0, 40) * rangeBytes,
        activity: mlTraining.name,
      });
    }
  }
}
