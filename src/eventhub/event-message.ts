import { readSections, type Section, sectionCode } from './amqp-section.ts';
import { MalformedMessage, readMap, variableBytes } from './amqp-value.ts';

/** What the log gives an event when it takes it. */
export interface EventPosition {
  readonly sequenceNumber: number;
  /** Byte position of the record in the partition's log. */
  readonly offset: number;
  readonly enqueuedTimeMs: number;
}

/** An event as it came from a producer; its parts are views into the transfer's bytes. */
export interface IncomingEvent {
  readonly partitionKey: string | undefined;
  /** Key and value bytes of the producer's own message annotations. */
  readonly annotations: readonly Buffer[];
  readonly header: readonly Buffer[];
  /** Properties, application properties, body and footer, byte for byte. */
  readonly content: readonly Buffer[];
}

/** Message format of a transfer whose `data` sections are complete messages of their own. */
export const BATCH_FORMAT = 0x80013700;

const ASSIGNED_BY_THE_LOG = new Set(['x-opt-sequence-number', 'x-opt-offset', 'x-opt-enqueued-time']);
const PARTITION_KEY = 'x-opt-partition-key';

/**
 * Takes a producer's transfer apart into its events. Bodies are not decoded, so what a consumer gets is what the
 * producer encoded.
 *
 * @param payload borrowed: the events are views into it.
 * @throws MalformedMessage if it is not AMQP, or a batch without an event.
 */
export function readEvents(payload: Buffer, format: number): IncomingEvent[] {
  if (format !== BATCH_FORMAT) return [readEvent(payload)];
  const events: IncomingEvent[] = [];
  for (const section of readSections(payload)) {
    if (section.code !== sectionCode.data) continue;
    const message = variableBytes(payload, section.valueStart);
    if (message === undefined) throw new MalformedMessage('a data section of the batch is not binary');
    events.push(readEvent(message));
  }
  if (events.length === 0) throw new MalformedMessage('the batch holds no event');
  return events;
}

/** The partition key of a transfer: of the batch envelope if it has one, else of its first event. */
export function partitionKeyOf(payload: Buffer, events: readonly IncomingEvent[]): string | undefined {
  for (const section of readSections(payload)) {
    const key = section.code === sectionCode.messageAnnotations ? findPartitionKey(payload, section) : undefined;
    if (key !== undefined) return key;
  }
  return events[0]?.partitionKey;
}

/**
 * The message as consumers get it: the producer's sections, its annotations and the three that the log assigns.
 * The parts are to be written one behind the other.
 */
export function storedMessage(event: IncomingEvent, position: EventPosition): Buffer[] {
  const assigned = assignedAnnotations(position);
  const entries = [...event.annotations, assigned];
  const size = entries.reduce((sum, entry) => sum + entry.length, 0);
  // 00 53 72 | d1 size count | key value ...
  const open = Buffer.alloc(12);
  open.set([0x00, 0x53, sectionCode.messageAnnotations, 0xd1]);
  open.writeUInt32BE(size + 4, 4);
  open.writeUInt32BE(2 * (event.annotations.length + ASSIGNED_BY_THE_LOG.size), 8);
  return [...event.header, open, ...entries, ...event.content];
}

function readEvent(message: Buffer): IncomingEvent {
  const annotations: Buffer[] = [];
  const header: Buffer[] = [];
  const content: Buffer[] = [];
  let partitionKey: string | undefined;
  for (const section of readSections(message)) {
    if (section.code === sectionCode.messageAnnotations) {
      partitionKey = findPartitionKey(message, section);
      for (const { key, start, end } of readMap(message, section.valueStart)) {
        if (!ASSIGNED_BY_THE_LOG.has(key ?? '')) annotations.push(message.subarray(start, end));
      }
    } else if (section.code === sectionCode.header) header.push(message.subarray(section.start, section.end));
    else if (section.code !== sectionCode.deliveryAnnotations)
      content.push(message.subarray(section.start, section.end));
  }
  if (content.length === 0) throw new MalformedMessage('the event has no body');
  return { partitionKey, annotations, header, content };
}

function findPartitionKey(message: Buffer, annotations: Section): string | undefined {
  const entry = readMap(message, annotations.valueStart).find(({ key }) => key === PARTITION_KEY);
  return entry && variableBytes(message, entry.valueStart)?.toString();
}

function assignedAnnotations({ sequenceNumber, offset, enqueuedTimeMs }: EventPosition): Buffer {
  const offsetText = Buffer.from(String(offset));
  return Buffer.concat([
    symbol('x-opt-sequence-number'),
    int64(0x81, sequenceNumber),
    symbol('x-opt-offset'),
    Buffer.of(0xa1, offsetText.length),
    offsetText,
    symbol('x-opt-enqueued-time'),
    int64(0x83, enqueuedTimeMs),
  ]);
}

function symbol(text: string): Buffer {
  return Buffer.concat([Buffer.of(0xa3, text.length), Buffer.from(text)]);
}

function int64(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = type;
  bytes.writeBigInt64BE(BigInt(value), 1);
  return bytes;
}
