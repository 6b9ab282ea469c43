import type { EventContext, Receiver, Sender } from 'rhea';
import { BufferPool } from './buffer-pool.ts';
import { putToken } from './cbs.ts';
import { Claims } from './claims.ts';
import { ConsumerLink } from './consumer-link.ts';
import { isLinkError, type LinkError, refuseLink } from './link-error.ts';
import { readManagement } from './management.ts';
import type { Namespace } from './namespace.ts';
import { parseNodeAddress } from './node-address.ts';
import { serveProducer } from './producer-link.ts';
import { ReplyLinks } from './reply-links.ts';
import { RUNTIME_METRICS } from './runtime-metrics.ts';
import { parseSelector } from './selector.ts';
import { startPosition } from './start-position.ts';

const SELECTOR_FILTER = 'apache.org:selector-filter:string';
const FROM_THE_START = "amqp.annotation.x-opt-offset > '-1'";

/** Serves the links of one connection: what it has claimed, where it wants replies, who consumes on it. */
export class ConnectionScope {
  readonly #namespace: Namespace;
  readonly #keys: Readonly<Record<string, string>>;
  readonly #now: () => number;
  readonly #buffers = new BufferPool();
  readonly #claims = new Claims();
  readonly #replyLinks = new ReplyLinks();
  readonly #consumers = new Set<ConsumerLink>();

  constructor(namespace: Namespace, keys: Readonly<Record<string, string>>, now: () => number) {
    this.#namespace = namespace;
    this.#keys = keys;
    this.#now = now;
  }

  /** The client wants to send: requests to `$cbs` or `$management`, or events. */
  openReceiver(receiver: Receiver): void {
    const address = receiver.target?.address ?? '';
    receiver.set_target({ address });
    const fault = this.#attachReceiver(receiver, address);
    if (fault !== undefined) refuseLink(receiver, fault);
  }

  /** The client wants to receive: replies, or the events of a partition. */
  openSender(sender: Sender): void {
    const address = sender.source?.address ?? '';
    sender.set_source({ address });
    const fault = this.#attachSender(sender, address);
    if (fault !== undefined) refuseLink(sender, fault);
  }

  close(): void {
    for (const consumer of this.#consumers) consumer.close();
    this.#consumers.clear();
  }

  #attachReceiver(receiver: Receiver, address: string): LinkError | undefined {
    const node = parseNodeAddress(address);
    if (node === undefined || node.node === 'consumer') return noSuchNode(address, 'send to');
    if (node.node === 'producer') {
      const route = this.#namespace.findRoute(node);
      if (isLinkError(route)) return route;
      if (!this.#claims.cover(address, this.#now())) return unauthorized(address);
      serveProducer(receiver, route);
      return undefined;
    }
    const answer = node.node === 'cbs' ? this.#answerCbs : this.#answerManagement;
    receiver.on('message', (context: EventContext) => {
      answer.call(this, context);
      context.delivery?.accept();
      receiver.add_credit(1);
    });
    receiver.add_credit(100);
    return undefined;
  }

  #attachSender(sender: Sender, address: string): LinkError | undefined {
    const node = parseNodeAddress(address);
    if (node === undefined || node.node === 'producer') return noSuchNode(address, 'receive from');
    if (node.node !== 'consumer') {
      this.#replyLinks.add(sender);
      return undefined;
    }
    const log = this.#namespace.findLog(node);
    if (isLinkError(log)) return log;
    if (!this.#claims.cover(address, this.#now())) return unauthorized(address);
    const filter = String(sender.source.filter?.[SELECTOR_FILTER] ?? FROM_THE_START);
    const selector = parseSelector(filter);
    if (selector === undefined) return invalidPosition(`The filter ${filter} is not one of an event position.`);
    const start = startPosition(log, selector);
    if (typeof start === 'string') return invalidPosition(start);
    const runtimeMetrics = [sender.desired_capabilities].flat().map(String).includes(RUNTIME_METRICS);
    const consumer = new ConsumerLink(sender, log, this.#buffers, { nextSequenceNumber: start, runtimeMetrics });
    this.#consumers.add(consumer);
    sender.on('sender_close', () => this.#consumers.delete(consumer));
    return undefined;
  }

  #answerCbs({ message }: EventContext): void {
    if (message) this.#replyLinks.send(message, putToken(message, this.#claims, this.#keys, this.#now()));
  }

  #answerManagement({ message }: EventContext): void {
    if (message === undefined) return;
    const findHub = (name: string) => this.#namespace.findHub(name);
    const context = { findHub, claims: this.#claims, keys: this.#keys, nowMs: this.#now() };
    this.#replyLinks.send(message, readManagement(message, context));
  }
}

function noSuchNode(address: string, verb: string): LinkError {
  return { condition: 'amqp:not-found', description: `There is no entity '${address}' to ${verb}.` };
}

function unauthorized(address: string): LinkError {
  return {
    condition: 'amqp:unauthorized-access',
    description: `Unauthorized access to '${address}': put a valid token to $cbs first.`,
  };
}

function invalidPosition(description: string): LinkError {
  return { condition: 'com.microsoft:argument-error', description };
}
