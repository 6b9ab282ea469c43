import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { Server, Socket } from 'node:net';
import rhea, { type Connection, type Container, type EventContext } from 'rhea';
import { AppError, errorText } from '../core/errors.ts';
import { ConnectionScope } from './connection-scope.ts';
import { Hub, type HubOptions } from './hub.ts';
import { Namespace } from './namespace.ts';
import { MESSAGE_BYTES_MAX } from './producer-link.ts';
import { FRAME_BYTES_MAX } from './transfer-writer.ts';

export interface EventHubEndpointOptions {
  /** Folder of the logs; made if it is not there. */
  readonly dataDir: string;
  readonly hubs: readonly HubOptions[];
  /** Shared access keys by name; each may send, listen and manage. */
  readonly keys: Readonly<Record<string, string>>;
  /** Address to listen on, 127.0.0.1 unless given: there is no TLS. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Bytes that a partition keeps at least; older events go by whole segments. Without it nothing goes. */
  readonly retentionBytes?: number;
  readonly now?: () => number;
  /** Told when a connection breaks the protocol; it is closed already. */
  readonly onConnectionError?: (error: unknown) => void;
}

/**
 * An Event Hubs namespace in this process: an AMQP 1.0 server that the unmodified Azure SDKs can send to and receive
 * from, with a durable log behind each partition. docs/eventhub.md says what it does not do.
 */
export class EventHubEndpoint {
  readonly port: number;
  readonly #options: EventHubEndpointOptions;
  readonly #namespace: Namespace;
  readonly #server: Server;
  readonly #sockets: ReadonlySet<Socket>;

  private constructor(options: EventHubEndpointOptions, namespace: Namespace, server: Server, sockets: Set<Socket>) {
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    this.#options = options;
    this.#namespace = namespace;
    this.#server = server;
    this.#sockets = sockets;
  }

  /**
   * Opens the logs and listens.
   *
   * @throws AppError CONFIG_INVALID if the address cannot be listened on or a hub cannot be as described;
   * REPLAY_INTEGRITY if a log is damaged before its end.
   */
  static async start(options: EventHubEndpointOptions): Promise<EventHubEndpoint> {
    const { dataDir, hubs, retentionBytes, now = Date.now, host = '127.0.0.1', port = 0 } = options;
    await mkdir(dataDir, { recursive: true });
    const logOptions = { now, ...(retentionBytes === undefined ? {} : { retentionBytes }) };
    const namespace = new Namespace(await Promise.all(hubs.map((hub) => Hub.open(dataDir, hub, logOptions))));
    const container = createContainer(options, () => new ConnectionScope(namespace, options.keys, now));
    const server = container.listen({
      host,
      port,
      max_frame_size: FRAME_BYTES_MAX,
      channel_max: 4999,
      idle_time_out: 240_000,
      receiver_options: { autoaccept: false, credit_window: 0, max_message_size: MESSAGE_BYTES_MAX },
    });
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket.setNoDelay(true));
      socket.on('close', () => sockets.delete(socket));
    });
    try {
      await once(server, 'listening');
    } catch (error) {
      await namespace.close();
      throw new AppError('CONFIG_INVALID', `cannot listen on ${host}:${port}: ${errorText(error)}; use another port`, {
        cause: error,
      });
    }
    return new EventHubEndpoint(options, namespace, server, sockets);
  }

  /**
   * What a client needs to use `hub`.
   *
   * @param keyName the first key unless given.
   * @throws AppError CONFIG_INVALID if there is no such hub or key.
   */
  connectionString(hub: string, keyName = Object.keys(this.#options.keys)[0] ?? ''): string {
    const { host = '127.0.0.1', keys } = this.#options;
    const key = keys[keyName];
    if (key === undefined) throw new AppError('CONFIG_INVALID', `the endpoint has no key named "${keyName}"`);
    if (this.#namespace.findHub(hub) === undefined) {
      throw new AppError('CONFIG_INVALID', `the endpoint has no event hub named "${hub}"`);
    }
    return [
      `Endpoint=sb://${host}:${this.port}`,
      `SharedAccessKeyName=${keyName}`,
      `SharedAccessKey=${key}`,
      `EntityPath=${hub}`,
      'UseDevelopmentEmulator=true',
    ].join(';');
  }

  /** Drops every connection and closes the logs; events that were accepted are on disk. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    // An error, because rhea ends its timers only on `end` and `error`.
    for (const socket of this.#sockets) socket.destroy(new Error('the endpoint was closed'));
    await closed;
    await this.#namespace.close();
  }
}

function createContainer(
  { onConnectionError = () => {} }: EventHubEndpointOptions,
  openScope: () => ConnectionScope,
): Container {
  const container = rhea.create_container();
  const scopes = new Map<Connection, ConnectionScope>();
  const scopeOf = (connection: Connection): ConnectionScope => {
    const scope = scopes.get(connection) ?? openScope();
    scopes.set(connection, scope);
    return scope;
  };
  container.on('receiver_open', ({ connection, receiver }: EventContext) => {
    if (receiver) scopeOf(connection).openReceiver(receiver);
  });
  container.on('sender_open', ({ connection, sender }: EventContext) => {
    if (sender) scopeOf(connection).openSender(sender);
  });
  container.on('disconnected', ({ connection }: EventContext) => {
    scopes.get(connection)?.close();
    scopes.delete(connection);
  });
  container.on('error', onConnectionError);
  container.on('protocol_error', onConnectionError);
  return container;
}
