import { keyCaller, oauthCaller, tools, trustedCaller } from '../caller.ts';
import { type ActivityContext, workspaceAccount as account } from '../estate.ts';
import { type Jobs, jobPeriod } from '../jobs.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { addresses, sameRegionAddress, withPort } from '../network.ts';
import { backupBlob, modelBlob } from '../objects.ts';
import { mebibyte, minuteMs, type Period, share, spread, workdays } from '../timeline.ts';

const principals = ['0a1b2c3d-0001-4000-8000-00000000aaaa', '0a1b2c3d-0002-4000-8000-00000000bbbb'] as const;
const upns = ['researcher0@contoso.example', 'researcher1@contoso.example'] as const;

/** Two researchers' machines upload to ws-backup-a (account key) and ws-backup-b (OAuth) in blocks, every night from 22:00. */
export function* workstationUploads({ prng }: ActivityContext, jobs: Jobs, keyRotation: number): Generator<LogEvent> {
  const before = keyCaller(account.key1, tools.azcopy);
  const after = keyCaller(account.key2, tools.azcopy);
  const oauth = oauthCaller(principals[1], upns[1], 'write', tools.azcopy);
  for (let job = 0; job < jobs.count; job++) {
    const night = jobPeriod(jobs, job, 22 * 60, 100);
    const rows = share(job, jobs.count, jobs.rows);
    for (let i = 0; i < rows; i++) {
      const time = spread(i, rows, night, prng);
      const machine = (job + Math.floor(i / 4)) % 2;
      const byKey = time < keyRotation ? before : after;
      const last = i % 4 === 3 || i === rows - 1;
      yield logEvent({
        time,
        account,
        caller: machine === 0 ? byKey : oauth,
        callerIp: withPort(addresses.researchers[machine] ?? '', prng),
        container: machine === 0 ? 'ws-backup-a' : 'ws-backup-b',
        blob: backupBlob(job * 31 + Math.floor(i / 4)),
        operation: last ? operations.putBlockList : operations.putBlock,
        queryTail: last ? '' : Buffer.from(`block-${String(i).padStart(6, '0')}`).toString('base64url'),
        bytesIn: last ? 412 : prng.int(1, 8) * mebibyte,
        activity: 'workstation uploads',
      });
    }
  }
}

/** The storage service's lifecycle rule empties `tmp` in bursts after midnight, with its internal TrustedAccessSas. */
export function* lifecycle({ prng }: ActivityContext, jobs: Jobs): Generator<LogEvent> {
  const caller = trustedCaller();
  for (let job = 0; job < jobs.count; job++) {
    const burst = jobPeriod(jobs, job, 2 * 60, 8);
    const rows = share(job, jobs.count, jobs.rows);
    for (let i = 0; i < rows; i++) {
      yield logEvent({
        time: spread(i, rows, burst, prng),
        account,
        caller,
        callerIp: `10.161.${job % 200}.9:${prng.int(10_000, 60_000)}`,
        container: 'tmp',
        blob: `scratch/job-${String(job).padStart(5, '0')}/shard-${String(i).padStart(5, '0')}.tmp`,
        operation: operations.deleteBlob,
        statusCode: 202,
        queryTail: 'sv=2019-02-02&sp=rwdlacuptx&sr=c&sk=system-1&sig=XXXXX',
        activity: 'lifecycle',
      });
    }
  }
}

/** Training workers of the same region read models in ranges with OAuth, many in the same second. */
export function* training({ prng }: ActivityContext, rows: number, period: Period): Generator<LogEvent> {
  const caller = oauthCaller(principals[0], '', 'read', tools.pythonSdk);
  const bursts = Math.ceil(rows / 20);
  const burstAt = workdays(bursts, { start: period.start, end: period.end - minuteMs }, prng);
  let burst = 0;
  let time = 0;
  for (let i = 0; i < rows; i++) {
    if (i % 20 === 0) burst = burstAt(i / 20);
    time = Math.max(time, burst + (i % 20) * 3);
    const bytesOut = 8 * mebibyte;
    yield logEvent({
      time,
      account,
      caller,
      callerIp: withPort(sameRegionAddress(256 + prng.int(0, 511)), prng),
      container: 'models',
      blob: modelBlob(prng.int(0, 999)),
      operation: operations.getBlob,
      statusCode: 206,
      bytesOut,
      rangeStart: prng.int(0, 40) * bytesOut,
      activity: 'training',
    });
  }
}
