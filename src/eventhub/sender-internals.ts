import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type { Sender } from 'rhea';

/** The sending half of a rhea session. */
interface Outgoing {
  next_delivery_id: number;
  /** Behind `next_delivery_id` while rhea has messages of its own to send on this session. */
  next_pending_delivery: number;
  next_transfer_id: number;
  window: number;
  readonly remote_window: number | undefined;
  readonly remote_next_transfer_id: number | undefined;
  on_flow(fields: object): void;
}

/** The parts of a rhea 3.0.5 sender that its types leave out and that writing transfers past it needs. */
export interface SenderInternals {
  /** What the peer still wants on this link. */
  credit: number;
  delivery_count: number;
  readonly local: { readonly handle: number };
  readonly session: { readonly local: { readonly channel: number }; readonly outgoing: Outgoing };
  readonly connection: {
    readonly socket: Socket;
    /** Has rhea write what it has pending. */
    _register(): void;
  };
}

export function senderInternals(sender: Sender): SenderInternals {
  const internals = sender as unknown as SenderInternals;
  assert(typeof internals.session.outgoing.next_transfer_id === 'number', 'this is not the rhea it was written for');
  return internals;
}

const flowListeners = new WeakMap<Outgoing, Set<() => void>>();

/**
 * Calls `listener` after every flow of the session. rhea has an event only for flows that name a link, but a peer may
 * also open its window with one that names none.
 *
 * @returns the way to stop that.
 */
export function onSessionFlow({ session: { outgoing } }: SenderInternals, listener: () => void): () => void {
  let listeners = flowListeners.get(outgoing);
  if (listeners === undefined) {
    listeners = new Set();
    flowListeners.set(outgoing, listeners);
    const onFlow = outgoing.on_flow;
    outgoing.on_flow = (fields) => {
      onFlow.call(outgoing, fields);
      for (const listen of flowListeners.get(outgoing) ?? []) listen();
    };
  }
  const added = listeners.add(listener);
  return () => added.delete(listener);
}
