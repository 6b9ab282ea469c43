import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a request: passed on, refused as a busy service does, or cut amid its body. */
export type Fate = 'pass' | 'busy' | 'cut';

/** A proxy on loopback before a blob service: refuses some requests, cuts others. */
export class BadDay {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param fate of each request; it may first do something to the service. */
  static async start(target: string, fate: (message: IncomingMessage) => Fate | Promise<Fate>): Promise<BadDay> {
    const { hostname, port } = new URL(target);
    const server = createServer(async (incoming, outgoing) => {
      const decided = await fate(incoming);
      if (decided === 'busy') {
        outgoing.writeHead(503, { 'retry-after': '0', 'x-ms-error-code': 'ServerBusy' }).end();
        return;
      }
      const { method, url: path, headers } = incoming;
      const forwarded = request({ hostname, port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        if (decided === 'pass') answer.pipe(outgoing);
        else
          answer.once('data', (piece: Buffer) => {
            outgoing.write(piece.subarray(0, piece.length >> 1), () => outgoing.destroy());
            answer.destroy();
          });
      });
      forwarded.on('error', () => outgoing.destroy());
      incoming.pipe(forwarded);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new BadDay(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
