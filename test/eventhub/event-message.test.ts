import fc from 'fast-check';
import rhea, { type Message } from 'rhea';
import { describe, expect, it } from 'vitest';
import { MalformedMessage } from '../../src/eventhub/amqp-value.ts';
import { BATCH_FORMAT, partitionKeyOf, readEvents, storedMessage } from '../../src/eventhub/event-message.ts';

const encode = (message: Partial<Message>): Buffer => rhea.message.encode(message as Message);
const body = (data: Buffer): unknown => rhea.message.data_section(data);
const position = { sequenceNumber: 5, offset: 1234, enqueuedTimeMs: 1_700_000_000_123 };

describe('storedMessage', () => {
  it('is a message that any decoder reads, with all the producer sent and the three annotations of the log', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), fc.oneof(fc.string(), fc.boolean(), fc.integer())),
        fc.dictionary(fc.stringMatching(/^x-[a-z]{1,9}$/), fc.string({ maxLength: 400 }), { noNullPrototype: true }),
        fc.uint8Array({ maxLength: 600 }),
        (properties, annotations, data) => {
          const sent = encode({
            body: body(Buffer.from(data)),
            application_properties: { ...properties },
            message_annotations: annotations,
            message_id: 'id',
            durable: true,
          });
          const [event] = readEvents(sent, 0);
          const stored = rhea.message.decode(Buffer.concat(storedMessage(event!, position)));
          expect(stored['application_properties']).toEqual({ ...properties });
          expect(stored['message_id']).toBe('id');
          expect(stored['durable']).toBe(true);
          expect(stored['body'].content).toEqual(Buffer.from(data));
          expect(stored['message_annotations']).toMatchObject({
            ...annotations,
            'x-opt-sequence-number': 5,
            'x-opt-offset': '1234',
            'x-opt-enqueued-time': new Date(1_700_000_000_123),
          });
        },
      ),
    );
  });

  it('lets no producer set what the log sets', () => {
    const forged = encode({ body: 'x', message_annotations: { 'x-opt-offset': '9', 'x-opt-sequence-number': 9 } });
    const stored = rhea.message.decode(Buffer.concat(storedMessage(readEvents(forged, 0)[0]!, position)));
    expect(stored['message_annotations']).toMatchObject({ 'x-opt-offset': '1234', 'x-opt-sequence-number': 5 });
    expect(Object.keys(stored['message_annotations'])).toHaveLength(3);
  });
});

describe('readEvents', () => {
  const inner = ['a', 'b'].map((text) =>
    encode({ body: text, message_annotations: { 'x-opt-partition-key': `key ${text}` } }),
  );
  const batch = (annotations?: Record<string, string>) =>
    encode({
      ...(annotations && { message_annotations: annotations }),
      body: rhea.message.data_sections(inner),
    });

  it('finds every event of a batch, and the key on the envelope before that of an event', () => {
    const events = readEvents(batch(), BATCH_FORMAT);
    expect(events.map(({ partitionKey }) => partitionKey)).toEqual(['key a', 'key b']);
    expect(partitionKeyOf(batch(), events)).toBe('key a');
    expect(partitionKeyOf(batch({ 'x-opt-partition-key': 'outer' }), events)).toBe('outer');
  });

  it('takes nothing else for a batch', () => {
    expect(() => readEvents(encode({ body: 'text' }), BATCH_FORMAT)).toThrow(MalformedMessage);
    expect(() => readEvents(Buffer.alloc(0), 0)).toThrow(MalformedMessage);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(200), (noise, at) => {
        const damaged = Buffer.from(batch());
        damaged.set(noise.subarray(0, Math.max(0, damaged.length - at)), Math.min(at, damaged.length));
        for (const bytes of [damaged, Buffer.from(noise), damaged.subarray(0, at)]) {
          try {
            for (const event of readEvents(bytes, BATCH_FORMAT)) storedMessage(event, position);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedMessage);
          }
        }
      }),
    );
  });
});
