import { deployPrincipalId, tenantId } from './estate.ts';
import type { SasParameters } from './sas-token.ts';
import { isoSeconds, type Period } from './timeline.ts';

const sv = '2021-12-02';

/** Parameters of a service SAS for a container (`c`) or one blob (`b`), valid over a period. */
export function serviceGrant(sr: 'c' | 'b', sp: string, { start, end }: Period): SasParameters {
  return { sv, spr: 'https', st: isoSeconds(start), se: isoSeconds(end), sr, sp };
}

/** Parameters of a container's service SAS under a stored access policy: neither expiry nor permissions show. */
export function policyGrant(policy: string): SasParameters {
  return { sv, si: policy, sr: 'c' };
}

/** Parameters of a container's user delegation SAS, its key valid as long as itself. */
export function delegationGrant(sp: string, period: Period): SasParameters {
  const [st, se] = [isoSeconds(period.start), isoSeconds(period.end)];
  const key = { skoid: deployPrincipalId, sktid: tenantId, skt: st, ske: se, sks: 'b', skv: sv };
  return { sv, st, se, ...key, sr: 'c', sp, spr: 'https' };
}
