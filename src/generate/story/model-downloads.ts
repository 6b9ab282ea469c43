import { anonymousCaller, type Caller, sasCaller, tools } from '../caller.ts';
import type { Account, ActivityContext } from '../estate.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { crowdAddress, withPort } from '../network.ts';
import { modelBlob, modelCount } from '../objects.ts';
import type { SasToken } from '../sas-token.ts';
import { mebibyte, type Period, workdays } from '../timeline.ts';

export interface ModelDownloads {
  readonly account: Account;
  /** The link the public uses; undefined: the container is public. */
  readonly token: SasToken | undefined;
  readonly rows: number;
  readonly period: Period;
}

const publicTools = [tools.requests, tools.wget, tools.curl, tools.azcopy, tools.browser] as const;
const rangeBytes = [mebibyte, 2 * mebibyte, 4 * mebibyte] as const;
/** Known clients; every second request is from one of the regulars at the head. */
const clientCount = 20_000;

/** The public reads models: 198.18.0.0/15 and IPv6, popularity by Zipf, in ranges of a few MiB, some whole files. */
export function* modelDownloads({ prng }: ActivityContext, plan: ModelDownloads): Generator<LogEvent> {
  const { account, token, rows, period } = plan;
  const callers = publicTools.map((tool) => (token === undefined ? anonymousCaller(tool) : sasCaller(token, tool)));
  const callerOf = (client: number): Caller | undefined => callers[client % callers.length];
  const timeOf = workdays(rows, period, prng);
  let client = 0;
  let blob = modelBlob(0);
  let rangeStart = 0;
  for (let i = 0; i < rows; i++) {
    const time = timeOf(i);
    if (i === 0 || prng.chance(0.4)) {
      client = prng.chance(0.5) ? prng.zipf(clientCount) : prng.int(0, clientCount - 1);
      blob = modelBlob(prng.zipf(modelCount));
      rangeStart = 0;
    }
    const caller = callerOf(client);
    if (caller === undefined) continue;
    const kind = i === 0 ? 1 : prng.unit();
    const whole = kind >= 0.16 && kind < 0.17;
    const missing = kind >= 0.14 && kind < 0.16;
    const ranged = kind >= 0.17;
    const bytesOut = whole
      ? prng.int(20 * mebibyte, 200 * mebibyte)
      : ranged
        ? prng.pick(rangeBytes)
        : missing
          ? 215
          : 0;
    yield logEvent({
      time,
      operation: kind < 0.14 ? operations.getBlobProperties : operations.getBlob,
      account,
      caller,
      callerIp: withPort(crowdAddress(client), prng),
      container: 'models',
      blob: missing ? `${blob}.old` : blob,
      statusCode: missing ? 404 : ranged ? 206 : 200,
      statusText: missing ? 'BlobNotFound' : 'Success',
      bytesOut,
      rangeStart: ranged ? rangeStart : -1,
      activity: 'model downloads',
    });
    if (ranged) rangeStart += bytesOut;
  }
}
