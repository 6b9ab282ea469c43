import rhea, { type EventContext, type Receiver } from 'rhea';
import { errorText } from '../core/errors.ts';
import { MalformedMessage } from './amqp-value.ts';
import { type IncomingEvent, partitionKeyOf, readEvents } from './event-message.ts';
import type { LinkError } from './link-error.ts';
import type { PartitionLog } from './partition-log.ts';

/** The longest transfer accepted, a batch of events included. */
export const MESSAGE_BYTES_MAX = 1 << 20;

/** Transfers a producer may have under way: as many megabytes at most wait for the disk. */
const CREDIT = 64;
const CREDIT_REFILL = CREDIT / 4;

/**
 * Serves one producer: every transfer is appended and then accepted, never the other way round.
 *
 * @param route the log for events with this partition key; called once a transfer.
 */
export function serveProducer(receiver: Receiver, route: (partitionKey: string | undefined) => PartitionLog): void {
  let settledSinceRefill = 0;
  receiver.on('message', (context: EventContext) => {
    void append(context, route).then((error) => {
      if (error === undefined) context.delivery?.accept();
      else context.delivery?.reject(error);
      settledSinceRefill += 1;
      if (settledSinceRefill < CREDIT_REFILL) return;
      receiver.add_credit(settledSinceRefill);
      settledSinceRefill = 0;
    });
  });
  receiver.add_credit(CREDIT);
}

async function append(
  { message, delivery }: EventContext,
  route: (partitionKey: string | undefined) => PartitionLog,
): Promise<LinkError | undefined> {
  // rhea decodes messages of format 0 and hands over the bytes of all others.
  const payload = Buffer.isBuffer(message) ? message : rhea.message.encode(message);
  if (payload.length > MESSAGE_BYTES_MAX) {
    return {
      condition: 'amqp:link:message-size-exceeded',
      description: `The received message of ${payload.length} bytes exceeds the limit of ${MESSAGE_BYTES_MAX} bytes of this link.`,
    };
  }
  try {
    const events: IncomingEvent[] = readEvents(payload, delivery?.format ?? 0);
    await route(partitionKeyOf(payload, events)).append(events);
    return undefined;
  } catch (error) {
    const condition = error instanceof MalformedMessage ? 'amqp:decode-error' : 'amqp:internal-error';
    return { condition, description: errorText(error) };
  }
}
