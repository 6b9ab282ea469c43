import { sasCaller, tools } from '../caller.ts';
import { type ActivityContext, appsAccount as account, delegationKey, deployPrincipalId, tenantId } from '../estate.ts';
import { type Jobs, jobPeriod } from '../jobs.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { crowdAddress, withPort } from '../network.ts';
import type { SasToken } from '../sas-token.ts';
import { hourMs, isoSeconds, kibibyte, minuteMs, type Period, share, spread, workdays } from '../timeline.ts';

const userDelegation = (start: number, hours: number): Record<string, string> => {
  const [st, se] = [isoSeconds(start), isoSeconds(start + hours * hourMs)];
  const key = { skoid: deployPrincipalId, sktid: tenantId, skt: st, ske: se, sks: 'b', skv: '2020-10-02' };
  return { sv: '2020-10-02', st, se, ...key };
};

/** CI jobs upload a build with a container SAS of four hours from an address never seen before, and remove a few old files. */
export function* ciBuilds({ prng, book }: ActivityContext, jobs: Jobs): Generator<LogEvent> {
  for (let job = 0; job < jobs.count; job++) {
    const run = jobPeriod(jobs, job, 13 * 60, 9);
    const token = book.mint({
      name: `ci build ${job}`,
      benign: true,
      account: account.name,
      key: account.key1,
      resource: 'builds',
      parameters: {
        sv: '2020-10-02',
        st: isoSeconds(run.start - 5 * minuteMs),
        se: isoSeconds(run.start + 4 * hourMs),
        sr: 'c',
        sp: 'rcwdl',
        spr: 'https',
      },
    });
    const caller = sasCaller(token, tools.dotnetSdk);
    const callerIp = withPort(crowdAddress(1_000_000 + job), prng);
    const rows = share(job, jobs.count, jobs.rows);
    const deletes = Math.min(8, Math.floor(rows / 4));
    for (let i = 0; i < rows; i++) {
      const draft = {
        time: spread(i, rows, run, prng),
        account,
        caller,
        callerIp,
        container: 'builds',
        activity: 'ci builds',
      };
      const removed = i - (rows - deletes);
      if (removed >= 0) {
        const blob = `build-${String(Math.max(0, job - 10)).padStart(6, '0')}/assets/chunk-${removed}.js`;
        yield logEvent({ ...draft, operation: operations.deleteBlob, statusCode: 202, blob });
      } else {
        const blob = `build-${String(job + 1).padStart(6, '0')}/assets/chunk-${i}.js`;
        yield logEvent({ ...draft, operation: operations.putBlob, blob, bytesIn: prng.int(2, 900) * kibibyte });
      }
    }
  }
}

/** A website deploy overwrites at most 80 files of $web in two minutes with a user delegation SAS and removes at most four. */
export function* websiteDeploys({ prng, book }: ActivityContext, jobs: Jobs): Generator<LogEvent> {
  for (let job = 0; job < jobs.count; job++) {
    const run = jobPeriod(jobs, job, 15 * 60, 2);
    const token = book.mint({
      name: `website deploy ${job}`,
      benign: true,
      account: account.name,
      key: delegationKey,
      resource: '$web',
      parameters: { ...userDelegation(run.start - 5 * minuteMs, 1), sr: 'c', sp: 'rwdl', spr: 'https' },
    });
    const caller = sasCaller(token, tools.azcopy);
    const rows = share(job, jobs.count, jobs.rows);
    const deletes = Math.min(4, Math.floor(rows / 6));
    for (let i = 0; i < rows; i++) {
      const draft = {
        time: spread(i, rows, run, prng),
        account,
        caller,
        callerIp: withPort(crowdAddress(2_000_000 + (job % 6)), prng),
        container: '$web',
        activity: 'website deploys',
      };
      if (i === 0) yield logEvent({ ...draft, operation: operations.listBlobs, bytesOut: 48_211 });
      else if (i >= rows - deletes) {
        const blob = `news/old-${job}-${i}.html`;
        yield logEvent({ ...draft, operation: operations.deleteBlob, statusCode: 202, blob });
      } else {
        const bytesIn = prng.int(1, 200) * kibibyte;
        yield logEvent({ ...draft, operation: operations.putBlob, blob: `assets/page-${i % 80}.html`, bytesIn });
      }
    }
  }
}

/** Download links for one object each, valid for a day, opened by unrelated people and by link previews. */
export function* shareLinks({ prng, book }: ActivityContext, rows: number, period: Period): Generator<LogEvent> {
  const linkCount = Math.max(1, Math.min(20_000, Math.floor(rows / 12)));
  const timeOf = workdays(rows, period, prng);
  let token: SasToken | undefined;
  let blob = '';
  let link = -1;
  for (let i = 0; i < rows; i++) {
    const time = timeOf(i);
    const due = Math.floor((i * linkCount) / rows);
    const expired = token !== undefined && time > Date.parse(token.parameters['se'] ?? '');
    if (token === undefined || due !== link || expired) {
      link = due;
      blob = `customer-${String(link % 900).padStart(4, '0')}/invoice-${String(link).padStart(6, '0')}.pdf`;
      const start = time - minuteMs;
      const parameters = {
        sv: '2020-08-04',
        st: isoSeconds(start),
        se: isoSeconds(start + 24 * hourMs),
        sr: 'b',
        sp: 'r',
      };
      token = book.mint({
        name: `share link ${link}${expired ? ` renewed ${isoSeconds(time)}` : ''}`,
        benign: true,
        account: account.name,
        key: account.key1,
        resource: `shares/${blob}`,
        parameters,
      });
    }
    const preview = prng.chance(0.15);
    yield logEvent({
      time,
      account,
      caller: sasCaller(token, preview ? tools.slackbot : tools.browser),
      callerIp: withPort(crowdAddress(3_000_000 + prng.int(0, 40_000)), prng),
      container: 'shares',
      blob,
      operation: preview ? operations.getBlobProperties : operations.getBlob,
      bytesOut: preview ? 0 : prng.int(40, 3_000) * kibibyte,
      activity: 'share links',
    });
  }
}
