import { keyCaller, tools } from '../caller.ts';
import type { Account } from '../estate.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import type { Prng } from '../prng.ts';
import { type Period, spread } from '../timeline.ts';
import type { Pattern } from './pattern.ts';

/** Functions renew leases and write checkpoints with the account key, all day long: volume and nothing else. */
export const functions: Pattern = {
  name: 'function leases',
  weight: 10,
  plan: ({ account, prng, period }, budget) => ({
    rows: budget,
    stream: functionLeases(account, prng, budget, period),
  }),
};

export function* functionLeases(account: Account, prng: Prng, rows: number, period: Period): Generator<LogEvent> {
  const caller = keyCaller(account.key2, tools.dotnetSdk);
  for (let i = 0; i < rows; i++) {
    const partition = i % 32;
    const operation = i % 5 === 4 ? operations.setBlobMetadata : operations.renewBlobLease;
    yield logEvent({
      time: spread(i, rows, period, prng),
      account,
      caller,
      callerIp: `10.9.3.${10 + (partition % 8)}:${40_000 + partition * 7}`,
      container: 'azure-webjobs-hosts',
      blob: `eventprocessor/checkpoint/${partition}`,
      operation,
      statusCode: 200,
      activity: functions.name,
    });
  }
}
