import { sasCaller, tools } from '../caller.ts';
import { mintUnlisted } from '../estate.ts';
import { serviceGrant } from '../grants.ts';
import { type LogEvent, logEvent, operations } from '../log-event.ts';
import { crowdAddress, withPort } from '../network.ts';
import type { SasToken } from '../sas-token.ts';
import { kibibyte, minuteMs, workdays } from '../timeline.ts';
import type { Pattern, Site } from './pattern.ts';

/** Carriers put many phones behind few addresses. */
const carrierAddresses = 600;
const lateFraction = 0.03;

/** Phones and meters upload one object each with a SAS for that blob alone; a few try again after it has expired. */
export const mobileUpload: Pattern = {
  name: 'mobile upload',
  weight: 16,
  plan: (site, budget) => ({ rows: budget, stream: uploads(site, budget) }),
};

function* uploads({ account, prng, period }: Site, rows: number): Generator<LogEvent> {
  const timeOf = workdays(rows, period, prng);
  let expired: { token: SasToken; blob: string } | undefined;
  for (let i = 0; i < rows; i++) {
    const time = timeOf(i);
    const draft = {
      time,
      account,
      callerIp: withPort(crowdAddress(5_000_000 + prng.zipf(carrierAddresses)), prng),
      container: 'inbox',
      operation: operations.putBlob,
      activity: mobileUpload.name,
    };
    const tool = prng.chance(0.2) ? tools.device : tools.androidSdk;
    if (expired !== undefined && prng.chance(lateFraction)) {
      const { token, blob } = expired;
      const isLate = time > Date.parse(token.parameters['se'] ?? '');
      const outcome = isLate ? { statusCode: 403, statusText: 'AuthenticationFailed' } : {};
      yield logEvent({ ...draft, caller: sasCaller(token, tool), blob, ...outcome, bytesIn: 40 * kibibyte });
      continue;
    }
    const blob = `device-${String(prng.int(0, 99_999)).padStart(5, '0')}/${String(i).padStart(8, '0')}.bin`;
    const token = mintUnlisted({
      name: '',
      benign: true,
      account: account.name,
      key: account.key1,
      resource: `inbox/${blob}`,
      parameters: serviceGrant('b', 'cw', { start: time - minuteMs, end: time + 30 * minuteMs }),
    });
    if (prng.chance(0.1)) expired = { token, blob };
    yield logEvent({ ...draft, caller: sasCaller(token, tool), blob, bytesIn: prng.int(4, 4_000) * kibibyte });
  }
}
