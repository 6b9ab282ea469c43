import { type ActivityContext, appsAccount, type TokenBook, workspaceAccount } from '../estate.ts';
import { type Jobs, planJobs } from '../jobs.ts';
import type { LogEvent } from '../log-event.ts';
import { addresses } from '../network.ts';
import { functionLeases } from '../patterns/functions.ts';
import { Prng } from '../prng.ts';
import type { SasToken } from '../sas-token.ts';
import { dayMs, type Period } from '../timeline.ts';
import { ciBuilds, shareLinks, websiteDeploys } from './apps.ts';
import { modelDownloads } from './model-downloads.ts';
import { chatOf, mirroredModelOf, nightlyBackup, partnerCollection, policyParameters } from './readers.ts';
import { lifecycle, training, workstationUploads } from './research.ts';

/** A link by which the public downloads models for a while; undefined: the container is open to all. */
export interface PublicLink {
  readonly token: SasToken | undefined;
  readonly period: Period;
}

export interface EverydayPlan {
  readonly seed: number;
  readonly book: TokenBook;
  /** Exactly this many events come out of all streams together. */
  readonly rows: number;
  /** Whole UTC days. */
  readonly period: Period;
  readonly links: readonly PublicLink[];
  /** The chat collector's token at a moment. */
  readonly collectorTokenAt: (time: number) => SasToken;
  /** From when the research account's key1 works no more; Infinity: never. */
  readonly keyRotation: number;
}

/** A partner reads at least weekly, whatever the row count: sparser use would look like a network never seen before. */
const partnerRowsMin = 700;

/** Splits `rows` over the links by how long each is in use. */
function* linkRows(links: readonly PublicLink[], rows: number): Generator<[PublicLink, number]> {
  const whole = links.reduce((sum, { period }) => sum + (period.end - period.start), 0);
  let used = 0;
  let elapsed = 0;
  for (const link of links) {
    elapsed += link.period.end - link.period.start;
    const upTo = Math.round((rows * elapsed) / whole);
    yield [link, upTo - used];
    used = upTo;
  }
}

/**
 * The harmless life of both accounts as streams in time order. None of it meets the definition of a finding: SAS live
 * seven days at most or hang on a stored policy, backups stay under the bulk-read limits, a SAS deletes fewer than twenty
 * objects in ten minutes and overwrites fewer than a hundred in a quarter of an hour. What a pattern may not use of its
 * share at large row counts goes to the function leases, which are volume only.
 */
export function everydayTraffic(plan: EverydayPlan): Iterator<LogEvent>[] {
  const { seed, book, rows, period } = plan;
  const context = (label: string): ActivityContext => ({ prng: new Prng(seed, label), book });
  const floor = period.end - period.start > 7 * dayMs ? partnerRowsMin : 0;
  const collector = planJobs(Math.max(floor, Math.floor(rows * 0.03)), period, 4, 400);
  const mirror = planJobs(Math.max(floor, Math.floor(rows * 0.01)), period, 4, 400);
  const rest = rows - collector.rows - mirror.rows;
  const jobs = (weight: number, rowsMin: number, rowsMax: number): Jobs =>
    planJobs(Math.floor(rest * weight), period, rowsMin, rowsMax);
  const uploads = jobs(0.1, 4, 20_000);
  const cleaning = jobs(0.08, 10, 40_000);
  const backup = jobs(0.08, 4, 5_000);
  const builds = jobs(0.06, 8, 300);
  const deploys = jobs(0.03, 6, 80);
  const sharing = Math.floor(rest * 0.06);
  const trainingRows = Math.floor(rest * 0.03);
  const downloads = Math.floor(rest * 0.47);
  const leases =
    rest -
    sharing -
    trainingRows -
    downloads -
    [uploads, cleaning, backup, builds, deploys].reduce((n, job) => n + job.rows, 0);

  const mirrorToken = book.mint({
    name: 'model mirror',
    benign: true,
    account: workspaceAccount.name,
    key: workspaceAccount.key2,
    resource: 'models',
    parameters: policyParameters('model-mirror'),
  });
  const chats = {
    activity: 'chat collection',
    container: 'teams-export',
    addresses: addresses.collector,
    blob: chatOf,
  };
  const mirrored = {
    activity: 'model mirror',
    container: 'models',
    addresses: addresses.mirror,
    blob: mirroredModelOf,
  };
  const streams: Iterator<LogEvent>[] = [
    workstationUploads(context('workstation uploads'), uploads, plan.keyRotation),
    lifecycle(context('lifecycle'), cleaning),
    nightlyBackup(context('nightly backup'), backup),
    ciBuilds(context('ci builds'), builds),
    websiteDeploys(context('website deploys'), deploys),
    partnerCollection(context('chat collection'), collector, { ...chats, tokenAt: plan.collectorTokenAt }),
    partnerCollection(context('model mirror'), mirror, { ...mirrored, tokenAt: () => mirrorToken }),
    shareLinks(context('share links'), sharing, period),
    training(context('training'), trainingRows, period),
    functionLeases(appsAccount, new Prng(seed, 'function leases'), leases, period),
  ];
  for (const [link, linkRowCount] of linkRows(plan.links, downloads)) {
    const label = `model downloads ${link.period.start}`;
    streams.push(modelDownloads(context(label), { account: workspaceAccount, rows: linkRowCount, ...link }));
  }
  return streams;
}
