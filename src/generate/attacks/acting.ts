import { keyCaller, sasCaller, tools } from '../caller.ts';
import { policyGrant } from '../grants.ts';
import { type EventDraft, type LogEvent, logEvent, operations } from '../log-event.ts';
import { sameRegionAddress, siteAddress, withPort } from '../network.ts';
import type { Prng } from '../prng.ts';
import type { SasToken } from '../sas-token.ts';
import { dayMs, hourMs, minuteMs, type Period, spread } from '../timeline.ts';
import type { Scene } from './attack.ts';

type Tool = (typeof tools)[keyof typeof tools];
type Actor = Pick<EventDraft, 'caller' | 'activity'> & { readonly address: string };
type Request = Partial<LogEvent> & Pick<LogEvent, 'operation'>;

const attackerNetworks = ['203.0.113', '198.51.100', '192.0.2'] as const;

/** An address of the documentation networks, which nobody but attackers uses. */
export function attackerAddress(prng: Prng): string {
  return `${prng.pick(attackerNetworks)}.${prng.int(2, 254)}`;
}

/**
 * A stretch for an attack of `duration` milliseconds in the second half of the period, after the owner's habits are
 * known; shorter where the period is.
 */
export function attackSlot({ period, prng }: Scene, duration: number): Period {
  const length = period.end - period.start;
  const span = Math.min(duration, 0.1 * length);
  const start = period.start + (0.55 + 0.33 * prng.unit()) * length;
  return { start, end: start + span };
}

/** A container SAS under a stored access policy, in its owner's use. */
export function ownersToken(
  { account, book }: Scene,
  kind: string,
  container: string,
  policy = `${container}-access`,
): SasToken {
  return book.mint({
    name: `${account.name} ${kind}`,
    benign: false,
    account: account.name,
    key: account.key1,
    resource: container,
    parameters: policyGrant(policy),
  });
}

/** `count` requests spread over a stretch; `request` says what the `index`-th asks for. */
export function requests(
  { account, prng }: Scene,
  who: Actor & { readonly incident?: string },
  span: Period,
  count: number,
  request: (index: number) => Request,
): LogEvent[] {
  const { caller, activity, address, incident = '' } = who;
  return Array.from({ length: count }, (_, index) => {
    const time = spread(index, count, span, prng);
    const callerIp = withPort(address, prng);
    return logEvent({ time, account, caller, callerIp, activity, incident, ...request(index) });
  });
}

/** What an attacker does with a token: events marked with the incident. */
export function attackerOf(
  kind: string,
  token: SasToken,
  tool: Tool,
  address: string,
): Actor & { readonly incident: string } {
  return { caller: sasCaller(token, tool), activity: kind, incident: kind, address };
}

/** The owner of a token and where he uses it from: a public address of his own unless told otherwise. */
export function ownerOf(
  { account }: Scene,
  kind: string,
  token: SasToken,
  tool: Tool,
  address = siteAddress(account, kind, 0),
): Actor {
  return { caller: sasCaller(token, tool), activity: `${kind} owner`, address };
}

/** Who puts the owner's objects there in the first place: AzCopy with the account's key, on `host` of the same region. */
export function loaderOf({ account }: Scene, kind: string, host: number): Actor {
  return { caller: keyCaller(account.key2, tools.azcopy), activity: `${kind} owner`, address: sameRegionAddress(host) };
}

/** The owner's habit: `perDay` requests each day of the period, between 08:00 and 16:00 UTC. */
export function habit(
  scene: Scene,
  who: Parameters<typeof requests>[1],
  perDay: number,
  request: (index: number) => Request,
): LogEvent[] {
  const { start, end } = scene.period;
  const events: LogEvent[] = [];
  for (let day = Math.floor(start / dayMs) * dayMs; day < end; day += dayMs) {
    const span = { start: Math.max(start, day + 8 * hourMs), end: Math.min(end, day + 16 * hourMs) };
    if (span.start >= span.end) continue;
    const done = events.length;
    events.push(...requests(scene, who, span, perDay, (index) => request(done + index)));
  }
  return events;
}

/** Pages of a container's listing, one after another. */
export function listing(
  scene: Scene,
  who: Parameters<typeof requests>[1],
  container: string,
  start: number,
  pages: number,
): LogEvent[] {
  return requests(scene, who, { start, end: start + minuteMs }, pages, (page) => ({
    operation: operations.listBlobs,
    container,
    queryTail: page === 0 ? '' : `&marker=2%21108%21${String(page * 5_000).padStart(9, '0')}`,
    bytesOut: 2_300_000,
  }));
}

/** The first days of the period, in which the objects come to be that an attack is about. */
export function openingDays({ period }: Scene): Period {
  return { start: period.start, end: period.start + Math.min(2 * dayMs, 0.1 * (period.end - period.start)) };
}
