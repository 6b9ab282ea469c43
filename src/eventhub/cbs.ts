import type { Message } from 'rhea';
import { type Claims, covers } from './claims.ts';
import { entityPath } from './node-address.ts';
import type { Reply } from './reply-links.ts';
import { verifySasToken } from './sas-token.ts';

/**
 * Answers a `put-token` request to `$cbs` and records what the token grants.
 *
 * @see https://docs.oasis-open.org/amqp/amqp-cbs/v1.0/amqp-cbs-v1.0.html
 */
export function putToken(
  request: Message,
  claims: Claims,
  keys: Readonly<Record<string, string>>,
  nowMs: number,
): Reply {
  const { operation, type, name } = request.application_properties ?? {};
  if (operation !== 'put-token')
    return refusal(400, 'amqp:not-implemented', `operation "${operation}" is unknown here`);
  if (type !== 'servicebus.windows.net:sastoken') {
    return refusal(401, 'amqp:unauthorized-access', `tokens of type "${type}" cannot be checked here, use a SAS key`);
  }
  const grant = verifySasToken(String(request.body), keys, nowMs);
  if (typeof grant === 'string') return refusal(401, 'amqp:unauthorized-access', grant);
  if (!covers(grant.path, entityPath(String(name)).toLowerCase())) {
    return refusal(401, 'amqp:unauthorized-access', `InvalidAudience: the token is for "${grant.path}", not "${name}"`);
  }
  claims.grant(grant);
  return { status: 202, description: 'Accepted' };
}

function refusal(status: number, condition: string, description: string): Reply {
  return { status, condition, description };
}
