import rhea, { type Message } from 'rhea';

import { type Claims, covers } from './claims.ts';
import type { Hub } from './hub.ts';
import { outOfRange } from './namespace.ts';
import type { Reply } from './reply-links.ts';
import { verifySasToken } from './sas-token.ts';

/** What a `$management` request is answered from. */
export interface ManagementContext {
  readonly findHub: (name: string) => Hub | undefined;
  readonly claims: Claims;
  readonly keys: Readonly<Record<string, string>>;
  readonly nowMs: number;
}

/**
 * Answers a READ of `com.microsoft:eventhub` or `com.microsoft:partition`.
 *
 * @see https://learn.microsoft.com/azure/event-hubs/event-hubs-management-libraries
 */
export function readManagement(request: Message, { findHub, claims, keys, nowMs }: ManagementContext): Reply {
  const { operation, type, name, partition, security_token: token } = request.application_properties ?? {};
  const path = String(name).toLowerCase();
  const grant = token === undefined ? undefined : verifySasToken(String(token), keys, nowMs);
  const allowed =
    typeof grant === 'object'
      ? covers(grant.path, path)
      : claims.cover(`${path}/$management`, nowMs) && grant === undefined;
  if (!allowed) {
    return { status: 401, condition: 'amqp:unauthorized-access', description: `no valid token for "${name}"` };
  }
  const hub = findHub(path);
  if (hub === undefined) {
    return {
      status: 404,
      condition: 'amqp:not-found',
      description: `The messaging entity '${name}' could not be found.`,
    };
  }
  if (operation !== 'READ') return invalid(`operation "${operation}" is unknown here`);
  if (type === 'com.microsoft:eventhub') return { status: 200, description: 'OK', body: describeHub(hub) };
  if (type !== 'com.microsoft:partition') return invalid(`type "${type}" is unknown here`);
  return describePartition(hub, String(partition)) ?? { status: 400, ...outOfRange(hub, String(partition)) };
}

function describeHub(hub: Hub): unknown {
  return rhea.types.wrap_map({
    name: hub.name,
    type: 'com.microsoft:eventhub',
    created_at: rhea.types.wrap_timestamp(hub.createdAt.getTime()),
    partition_count: rhea.types.wrap_int(hub.partitions.length),
    partition_ids: rhea.types.wrap_array(
      hub.partitions.map((_, id) => String(id)),
      0xa1,
      undefined,
    ),
    georeplication_factor: rhea.types.wrap_int(1),
  });
}

function describePartition(hub: Hub, id: string): Reply | undefined {
  const log = hub.partition(id);
  if (log === undefined) return undefined;
  const last = log.last;
  return {
    status: 200,
    description: 'OK',
    body: rhea.types.wrap_map({
      name: hub.name,
      type: 'com.microsoft:partition',
      partition: id,
      begin_sequence_number: rhea.types.wrap_long(log.firstSequenceNumber),
      last_enqueued_sequence_number: rhea.types.wrap_long(last?.sequenceNumber ?? -1),
      last_enqueued_offset: String(last?.offset ?? -1),
      last_enqueued_time_utc: rhea.types.wrap_timestamp(last?.enqueuedTimeMs ?? 0),
      is_partition_empty: rhea.types.wrap_boolean(last === undefined),
    }),
  };
}

function invalid(description: string): Reply {
  return { status: 400, condition: 'amqp:not-implemented', description };
}
