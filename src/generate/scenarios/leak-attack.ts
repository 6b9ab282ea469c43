import { sasCaller, tools } from '../caller.ts';
import { workspaceAccount as account } from '../estate.ts';
import { type EventDraft, type LogEvent, logEvent, operations } from '../log-event.ts';
import { addresses, crowdAddress, withPort } from '../network.ts';
import { backupBlob, chatBlob, keyCount, modelBlob, retiredModelBlob } from '../objects.ts';
import type { Prng } from '../prng.ts';
import type { SasToken } from '../sas-token.ts';
import { at, dayMs, hourMs, kibibyte, mebibyte, minuteMs, spread } from '../timeline.ts';
import { type LeakTokens, story } from './leak-tokens.ts';

const pageKeys = 5_000;
const drainDays = 9;
/** Days of the drain on which more than a thousand small objects go in a quarter of an hour. */
const manyObjectsDays = [2, 5, 8];
const drainBytesPerDay = 60_000_000_000;

type Step = Pick<LogEvent, 'caller' | 'callerIp' | 'incident' | 'activity'>;

function step(
  incident: string,
  token: SasToken,
  tool: (typeof tools)[keyof typeof tools],
  address: string,
  prng: Prng,
): Step {
  return { caller: sasCaller(token, tool), callerIp: withPort(address, prng), incident, activity: incident };
}

const event = (who: Step, draft: Omit<EventDraft, keyof Step | 'account'> & Partial<LogEvent>): LogEvent =>
  logEvent({ account, ...who, ...draft });

/** Pages of one container's listing, about two seconds each. */
function* listing(who: Step, container: string, keys: number, start: number, prng: Prng): Generator<LogEvent> {
  const pages = Math.ceil(keys / pageKeys);
  for (let page = 0; page < pages; page++) {
    yield event(who, {
      time: start + page * 2_000 + prng.int(0, 900),
      operation: operations.listBlobs,
      container,
      queryTail: page === 0 ? '' : `&marker=2%21108%21${String(page * pageKeys).padStart(9, '0')}`,
      bytesOut: Math.min(pageKeys, keys - page * pageKeys) * prng.int(430, 520),
    });
  }
}

/** One request that makes the token known. */
function* firstUse(incident: string, token: SasToken, time: number, prng: Prng): Generator<LogEvent> {
  const who = step(incident, token, tools.requests, crowdAddress(0), prng);
  yield event(who, {
    time,
    operation: operations.getBlob,
    container: 'models',
    blob: modelBlob(0),
    bytesOut: 4 * mebibyte,
  });
}

/** Clients that still try a dead token now and then: 403, never more than a few an hour. */
function* deadToken(activity: string, token: SasToken, start: number, end: number, prng: Prng): Generator<LogEvent> {
  for (let i = 0; i < 20; i++) {
    const who = { ...step('', token, tools.wget, crowdAddress(prng.int(0, 500)), prng), activity };
    yield event(who, {
      time: spread(i, 20, { start, end }, prng),
      operation: operations.getBlob,
      container: 'models',
      blob: modelBlob(prng.zipf(900)),
      statusCode: 403,
      statusText: 'AuthenticationFailed',
      bytesOut: 411,
    });
  }
}

/** 2022-03-11: the account is listed, then five containers with 300,000 keys. */
function* enumeration(token: SasToken, prng: Prng): Generator<LogEvent> {
  const start = at('2022-03-11T02:10Z');
  const who = step('account-enumeration', token, tools.azcopy, addresses.drain[0], prng);
  yield event(who, { time: start, operation: operations.getAccountInformation });
  yield event(who, { time: start + 4_000, operation: operations.listContainers, bytesOut: 2_917 });
  yield event(who, { time: start + 65_000, operation: operations.listContainers, bytesOut: 2_917 });
  let time = start + 20 * minuteMs;
  const rest = { models: 40_000, 'teams-export': 30_000, tmp: 4_800, 'ws-backup-a': 125_000 };
  const keys = { ...rest, 'ws-backup-b': keyCount - Object.values(rest).reduce((sum, n) => sum + n, 0) };
  for (const [container, count] of Object.entries(keys)) {
    yield* listing(who, container, count, time, prng);
    time += Math.ceil(count / pageKeys) * 2_000 + 5_000;
  }
}

/** 2022-03-12 to 20: 60 GB of ws-backup-a a day; on some days over 1,000 objects within 15 minutes. */
function* drain(token: SasToken, prng: Prng): Generator<LogEvent> {
  let file = 200_000;
  for (let day = 0; day < drainDays; day++) {
    const start = at('2022-03-12T03:00Z') + day * dayMs;
    const many = manyObjectsDays.includes(day);
    const count = many ? 1_100 : 30;
    for (let i = 0; i < count; i++) {
      const address = addresses.drain[(day + i) % addresses.drain.length] ?? '';
      const who = step('workstation-drain', token, tools.azcopy, address, prng);
      const minutes = many ? 11 : i < 12 ? 12 : 14 * 60;
      const from = many || i < 12 ? start : start + hourMs;
      const [index, total] = many || i < 12 ? [i, many ? count : 12] : [i - 12, count - 12];
      yield event(who, {
        time: spread(index, total, { start: from, end: from + minutes * minuteMs }, prng),
        operation: operations.getBlob,
        container: 'ws-backup-a',
        blob: backupBlob(file++),
        bytesOut: Math.floor(drainBytesPerDay / count) + prng.int(0, kibibyte),
      });
    }
  }
}

/** 2022-08-16: somebody reads chats with the collector's policy-controlled token from a network it never used. */
function* borrowedCollector(token: SasToken, prng: Prng): Generator<LogEvent> {
  const start = at('2022-08-16T19:05Z');
  const who = step('collector-token-borrowed', token, tools.pythonSdk, addresses.borrowedCollector, prng);
  yield* listing(who, 'teams-export', 4_000, start, prng);
  for (let i = 0; i < 40; i++) {
    yield event(who, {
      time: spread(i, 40, { start: start + minuteMs, end: start + 20 * minuteMs }, prng),
      operation: operations.getBlob,
      container: 'teams-export',
      blob: chatBlob('2022-08-01', i),
      bytesOut: prng.int(2_000, 400_000),
    });
  }
}

/** 2022-11-02: one checkpoint is replaced; in the afternoon 130 more, each read by the same caller before. */
function* tampering(token: SasToken, prng: Prng): Generator<LogEvent> {
  const one = step('model-overwrite', token, tools.pythonSdk, addresses.tamperer, prng);
  const morning = at('2022-11-02T09:40Z');
  const checkpoint = { container: 'models', blob: modelBlob(8) };
  const size = 97 * mebibyte;
  yield event(one, { time: morning, operation: operations.getBlob, ...checkpoint, bytesOut: size });
  yield event(one, {
    time: morning + 7 * minuteMs,
    operation: operations.putBlob,
    ...checkpoint,
    bytesIn: size + 4_096,
  });

  const many = step('model-overwrite-burst', token, tools.pythonSdk, addresses.tamperer, prng);
  const reading = { start: at('2022-11-02T11:30Z'), end: at('2022-11-02T12:30Z') };
  const writing = { start: at('2022-11-02T14:00Z'), end: at('2022-11-02T14:12Z') };
  const sizeOf = (i: number): number => (20 + (i % 7)) * mebibyte;
  for (let i = 0; i < 130; i++) {
    const draft = { time: spread(i, 130, reading, prng), operation: operations.getBlob, container: 'models' };
    yield event(many, { ...draft, blob: modelBlob(10 + i), bytesOut: sizeOf(i) });
  }
  for (let i = 0; i < 130; i++) {
    const draft = { time: spread(i, 130, writing, prng), operation: operations.putBlob, container: 'models' };
    yield event(many, { ...draft, blob: modelBlob(10 + i), bytesIn: sizeOf(i) + 4_096 });
  }
}

/** 2023-04-30: 120 retired models are deleted within eight minutes. */
function* deletion(token: SasToken, prng: Prng): Generator<LogEvent> {
  const start = at('2023-04-30T22:15Z');
  const who = step('model-deletion', token, tools.azcopy, addresses.tamperer, prng);
  for (let i = 0; i < 120; i++) {
    yield event(who, {
      time: spread(i, 120, { start, end: start + 8 * minuteMs }, prng),
      operation: operations.deleteBlob,
      container: 'models',
      blob: retiredModelBlob(i),
      statusCode: 202,
    });
  }
}

/** 2023-06-20 to 22: somebody finds the token, lists, and samples a few files of every container. */
function* scouting(token: SasToken, prng: Prng): Generator<LogEvent> {
  const who = step('scouting', token, tools.pythonScript, addresses.scout, prng);
  const samples = [modelBlob, backupBlob, backupBlob, (i: number) => chatBlob('2023-06-01', i)];
  const containers = ['models', 'ws-backup-a', 'ws-backup-b', 'teams-export'];
  for (let day = 0; day < 3; day++) {
    const start = at('2023-06-20T13:00Z') + day * dayMs;
    yield event(who, { time: start, operation: operations.listContainers, bytesOut: 2_917 });
    for (const [c, container] of containers.entries()) {
      const time = start + (c + 1) * 5 * minuteMs;
      yield* listing(who, container, pageKeys, time, prng);
      for (let i = 0; i < 4; i++) {
        const blob = samples[c]?.(300_000 + day * 4 + i) ?? '';
        const bytesOut = prng.int(40, 900) * kibibyte;
        yield event(who, { time: time + (i + 1) * 20_000, operation: operations.getBlob, container, blob, bytesOut });
      }
    }
  }
}

/** Every event of the story that is not everyday traffic, in time order: some 4,000 rows whatever the scenario's size. */
export function leakAttack(tokens: LeakTokens, prng: Prng): LogEvent[] {
  const { first, second, collector } = tokens;
  return [
    ...firstUse('long-lived-account-sas', first, story.firstLinkUsed, prng),
    ...deadToken('expired link', first, story.firstLinkExpired, story.secondLinkUsed, prng),
    ...firstUse('never-expiring-account-sas', second, story.secondLinkUsed, prng),
    ...enumeration(second, prng),
    ...drain(second, prng),
    ...borrowedCollector(collector, prng),
    ...tampering(second, prng),
    ...deletion(second, prng),
    ...scouting(second, prng),
    ...deadToken('revoked link', second, story.keyRotated, story.period.end, prng),
  ].sort((a, b) => a.time - b.time);
}
