import { sasCaller, tools } from '../caller.ts';
import {
  type ActivityContext,
  workspaceAccount as account,
  backupPrincipalId,
  delegationKey,
  tenantId,
} from '../estate.ts';
import { type Jobs, jobPeriod } from '../jobs.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { addresses, withPort } from '../network.ts';
import { backupBlob, chatBlob, modelBlob } from '../objects.ts';
import type { SasToken } from '../sas-token.ts';
import { hourMs, isoSeconds, mebibyte, share, spread } from '../timeline.ts';

/**
 * The nightly backup lists and reads ws-backup-a with a new user delegation SAS of 12 hours, from one same-region
 * address, well under the bulk-read limits: at most some 400 objects of up to 8 MiB in 15 minutes.
 */
export function* nightlyBackup({ prng, book }: ActivityContext, jobs: Jobs): Generator<LogEvent> {
  for (let job = 0; job < jobs.count; job++) {
    const night = jobPeriod(jobs, job, 60, 239);
    const start = isoSeconds(night.start);
    const end = isoSeconds(night.start + 12 * hourMs);
    const token = book.mint({
      name: `nightly backup ${start.slice(0, 10)}`,
      benign: true,
      account: account.name,
      key: delegationKey,
      resource: 'ws-backup-a',
      parameters: {
        sv: '2020-06-12',
        spr: 'https',
        st: start,
        se: end,
        sr: 'c',
        sp: 'rl',
        skoid: backupPrincipalId,
        sktid: tenantId,
        skt: start,
        ske: end,
        sks: 'b',
        skv: '2020-06-12',
      },
    });
    const caller = sasCaller(token, tools.backup);
    const rows = share(job, jobs.count, jobs.rows);
    for (let i = 0; i < rows; i++) {
      const draft = {
        time: spread(i, rows, night, prng),
        account,
        caller,
        callerIp: withPort(addresses.backupServer, prng),
        container: 'ws-backup-a',
        activity: 'nightly backup',
      };
      if (i === 0) yield logEvent({ ...draft, operation: operations.listBlobs, bytesOut: prng.int(40_000, 900_000) });
      else {
        const bytesOut = prng.int(1, 8) * mebibyte;
        yield logEvent({ ...draft, operation: operations.getBlob, blob: backupBlob(job * 17 + i), bytesOut });
      }
    }
  }
}

/** The parameters of a service SAS under a stored access policy: neither expiry nor permissions show in the URL. */
export const policyParameters = (policy: string): Record<string, string> => ({ sv: '2019-12-12', si: policy, sr: 'c' });

/** A partner that lists a container and reads a few objects each day, always from the same networks. */
export interface Partner {
  readonly activity: string;
  readonly container: string;
  readonly addresses: readonly string[];
  readonly blob: (job: number, index: number, day: string) => string;
  /** The token in use at a moment. */
  readonly tokenAt: (time: number) => SasToken;
}

/** Daily collection by a partner with a policy-controlled token, for years from the same networks. */
export function* partnerCollection({ prng }: ActivityContext, jobs: Jobs, partner: Partner): Generator<LogEvent> {
  for (let job = 0; job < jobs.count; job++) {
    const run = jobPeriod(jobs, job, 6 * 60, 20);
    const caller = sasCaller(partner.tokenAt(run.start), tools.dotnetSdk);
    const rows = share(job, jobs.count, jobs.rows);
    const day = isoSeconds(run.start).slice(0, 10);
    for (let i = 0; i < rows; i++) {
      const draft = {
        time: spread(i, rows, run, prng),
        account,
        caller,
        callerIp: withPort(partner.addresses[i % partner.addresses.length] ?? '', prng),
        container: partner.container,
        activity: partner.activity,
      };
      if (i === 0) yield logEvent({ ...draft, operation: operations.listBlobs, bytesOut: prng.int(9_000, 60_000) });
      else {
        const bytesOut = prng.int(2_000, 400_000);
        yield logEvent({ ...draft, operation: operations.getBlob, blob: partner.blob(job, i, day), bytesOut });
      }
    }
  }
}

export const chatOf = (_job: number, index: number, day: string): string => chatBlob(day, index);
export const mirroredModelOf = (job: number, index: number): string => modelBlob(job * 3 + index);
