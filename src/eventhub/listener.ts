import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import type { Container } from 'rhea';
import { AppError, errorText } from '../core/errors.ts';
import { MESSAGE_BYTES_MAX } from './producer-link.ts';
import { FRAME_BYTES_MAX } from './transfer-writer.ts';

/** The listening socket of an endpoint and the connections that came in on it. */
export class Listener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket.setNoDelay(true));
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** @throws AppError CONFIG_INVALID if the address cannot be listened on. */
  static async start(container: Container, host: string, port: number): Promise<Listener> {
    const server = container.listen({
      host,
      port,
      max_frame_size: FRAME_BYTES_MAX,
      channel_max: 4999,
      idle_time_out: 240_000,
      receiver_options: { autoaccept: false, credit_window: 0, max_message_size: MESSAGE_BYTES_MAX },
    });
    const listener = new Listener(server);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw new AppError('CONFIG_INVALID', `cannot listen on ${host}:${port}: ${errorText(error)}; use another port`, {
        cause: error,
      });
    }
    return listener;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Drops every connection. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    // An error, because rhea ends its timers only on `end` and `error`.
    for (const socket of this.#sockets) socket.destroy(new Error('the endpoint was closed'));
    await closed;
  }
}
