import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import rhea, { type Connection, type EventContext, type Message, type Receiver } from 'rhea';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventHubEndpoint } from '../../src/eventhub/server.ts';
import { atLeast, consumerOf, producerOf, receive, startEndpoint } from './fixture.ts';

const KEY = 'bm90IGEgc2VjcmV0';

async function connect({ port }: EventHubEndpoint, incoming = 2048): Promise<Connection> {
  const container = rhea.create_container();
  container.on('disconnected', () => {});
  const connection = container.connect({
    host: '127.0.0.1',
    port,
    reconnect: false,
    session_buffer_size: { incoming },
  });
  onTestFinished(() => connection.close());
  await once(connection, 'connection_open');
  return connection;
}

/** Puts a token for `path` that is valid until `expiresAt`, in seconds. */
async function claim(connection: Connection, path: string, expiresAt: number): Promise<number> {
  const audience = `sb://127.0.0.1/${path}`;
  const sr = encodeURIComponent(audience);
  const sig = encodeURIComponent(createHmac('sha256', KEY).update(`${sr}\n${expiresAt}`).digest('base64'));
  const replies = connection.open_receiver({ source: '$cbs', target: 'replies' });
  const requests = connection.open_sender('$cbs');
  await once(requests, 'sendable');
  requests.send({
    message_id: 1,
    reply_to: 'replies',
    application_properties: { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: audience },
    body: `SharedAccessSignature sr=${sr}&sig=${sig}&se=${expiresAt}&skn=root`,
  } as Partial<Message> as Message);
  const [{ message }]: [EventContext] = (await once(replies, 'message')) as [EventContext];
  return message?.application_properties?.['status-code'];
}

const later = () => Math.floor(Date.now() / 1000) + 600;
const PARTITION = 'logs/ConsumerGroups/$Default/Partitions/0';

async function refusal(receiver: Receiver): Promise<string> {
  await once(receiver, 'receiver_error');
  return (receiver.error as { condition: string }).condition;
}

describe('a connection', () => {
  it('may touch nothing before it has put a token', async () => {
    const connection = await connect(await startEndpoint());
    expect(await refusal(connection.open_receiver(PARTITION))).toBe('amqp:unauthorized-access');
    const sender = connection.open_sender('logs');
    await once(sender, 'sender_error');
    expect(sender.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
  });

  it('may touch what its token is for, and nothing beside it', async () => {
    const connection = await connect(await startEndpoint());
    expect(await claim(connection, 'logs/Partitions/1', later())).toBe(202);
    const sender = connection.open_sender('logs/Partitions/1');
    await once(sender, 'sendable');
    expect(sender.is_open()).toBe(true);
    expect(await refusal(connection.open_receiver(PARTITION))).toBe('amqp:unauthorized-access');
  });

  it('may open no link when its token has expired', async () => {
    let now = Date.now();
    const connection = await connect(await startEndpoint({ now: () => now }));
    const expiresAt = later();
    expect(await claim(connection, 'logs', expiresAt)).toBe(202);
    now = expiresAt * 1000;
    expect(await refusal(connection.open_receiver(PARTITION))).toBe('amqp:unauthorized-access');
  });

  it('is refused a filter that is no position and a node that is none', async () => {
    const connection = await connect(await startEndpoint());
    await claim(connection, 'logs', later());
    const filter = { 'apache.org:selector-filter:string': rhea.types.wrap_described('colour = 1', 0x468c00000004) };
    const odd = connection.open_receiver({ source: { address: PARTITION, filter } });
    expect(await refusal(odd)).toBe('com.microsoft:argument-error');
    expect(await refusal(connection.open_receiver('logs'))).toBe('amqp:not-found');
  });

  it('may send single messages, which consumers get as events', async () => {
    const endpoint = await startEndpoint();
    const connection = await connect(endpoint);
    await claim(connection, 'logs', later());
    const sender = connection.open_sender('logs/Partitions/0');
    await once(sender, 'sendable');
    sender.send({
      body: rhea.message.data_section(Buffer.from('"plain"')),
      subject: 's',
    } as Partial<Message> as Message);
    await once(sender, 'accepted');
    sender.send(Buffer.from('not AMQP'), undefined, 0x80013700);
    await once(sender, 'rejected');
    const [event] = await receive(consumerOf(endpoint.connectionString('logs')), '0', atLeast(1));
    expect(event).toMatchObject({ body: 'plain', systemProperties: { subject: 's' } });
  });

  it('gets large events whole through a session window of a few frames, and no more than its credit', async () => {
    const endpoint = await startEndpoint();
    const sent = Array.from({ length: 6 }, () => randomBytes(700_000));
    const producer = producerOf(endpoint.connectionString('logs'));
    for (const body of sent) await producer.sendBatch([{ body }], { partitionId: '0' });
    // rhea gives window back only behind a whole message, and one of these is eleven frames.
    const connection = await connect(endpoint, 16);
    await claim(connection, 'logs', later());
    const receiver = connection.open_receiver({ source: PARTITION, credit_window: 0 });
    const bodies: Buffer[] = [];
    receiver.on('message', ({ message }: EventContext) => bodies.push(message?.body.content));
    receiver.add_credit(4);
    await once(receiver, 'message');
    while (bodies.length < 4) await once(receiver, 'message');
    // The endpoint answers in order, so an event beyond the credit would come before this reply.
    expect(await claim(connection, 'logs', later())).toBe(202);
    expect(bodies).toHaveLength(4);
    receiver.drain_credit();
    receiver.add_credit(2);
    while (bodies.length < 6) await once(receiver, 'message');
    expect(bodies.every((body, at) => sent[at]?.equals(body))).toBe(true);
  });

  it('gets its credit back when it drains and nothing is left', async () => {
    const endpoint = await startEndpoint();
    await producerOf(endpoint.connectionString('logs')).sendBatch([{ body: 1 }, { body: 2 }], { partitionId: '0' });
    const connection = await connect(endpoint);
    await claim(connection, 'logs', later());
    const receiver = connection.open_receiver({ source: PARTITION, credit_window: 0 });
    let received = 0;
    receiver.on('message', () => {
      received += 1;
    });
    receiver.add_credit(10);
    receiver.drain_credit();
    await once(receiver, 'receiver_drained');
    expect(received).toBe(2);
  });

  it('takes its consumers with it when it breaks', async () => {
    const endpoint = await startEndpoint();
    const connection = await connect(endpoint);
    await claim(connection, 'logs', later());
    const receiver = connection.open_receiver(PARTITION);
    await once(receiver, 'receiver_open');
    (connection as unknown as { socket: { destroy(): void } }).socket.destroy();
    await producerOf(endpoint.connectionString('logs')).sendBatch([{ body: 'after' }], { partitionId: '0' });
    const events = await receive(consumerOf(endpoint.connectionString('logs')), '0', atLeast(1));
    expect(events).toMatchObject([{ body: 'after' }]);
  });
});
