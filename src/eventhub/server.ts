import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import rhea, { type Connection, type Container, type EventContext } from 'rhea';
import { AppError } from '../core/errors.ts';
import { ProcessLock } from '../core/process-lock.ts';
import { ConnectionScope } from './connection-scope.ts';
import type { HubOptions } from './hub.ts';
import { Listener } from './listener.ts';
import { Namespace } from './namespace.ts';

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
  readonly #listener: Listener;
  readonly #lock: ProcessLock;

  private constructor(options: EventHubEndpointOptions, namespace: Namespace, listener: Listener, lock: ProcessLock) {
    this.port = listener.port;
    this.#options = options;
    this.#namespace = namespace;
    this.#listener = listener;
    this.#lock = lock;
  }

  /**
   * Opens the logs and listens.
   *
   * @throws AppError CONFIG_INVALID if the address cannot be listened on or a hub cannot be as described;
   * DATA_IN_USE if another endpoint serves the folder; REPLAY_INTEGRITY if a log is damaged before its end.
   */
  static async start(options: EventHubEndpointOptions): Promise<EventHubEndpoint> {
    const { dataDir, hubs, keys, retentionBytes, now = Date.now, host = '127.0.0.1', port = 0 } = options;
    await mkdir(dataDir, { recursive: true });
    const lock = await ProcessLock.acquire(
      join(dataDir, 'endpoint.lock'),
      (pid) =>
        new AppError(
          'DATA_IN_USE',
          `process ${pid} serves the Event Hubs logs in ${dataDir}: stop it, or use another folder`,
        ),
    );
    try {
      const logOptions = { now, ...(retentionBytes === undefined ? {} : { retentionBytes }) };
      const namespace = await Namespace.open(dataDir, hubs, logOptions);
      const container = createContainer(options, () => new ConnectionScope(namespace, keys, now));
      const listener = await Listener.start(container, host, port).catch(async (error: unknown) => {
        await namespace.close();
        throw error;
      });
      return new EventHubEndpoint(options, namespace, listener, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
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
    await this.#listener.close();
    await this.#namespace.close();
    await this.#lock.release();
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
