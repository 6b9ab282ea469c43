import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';

/** Names of all files below a folder, relative to it. */
export async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)));
}

/** As much of Blob Storage as reading an archive takes: a listing and ranges of files, over plain HTTP on loopback. */
export class BlobServer {
  /** Of the blob service. */
  readonly url: string;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param root folder whose files are the blobs of the one container there is. */
  static async start(root: string): Promise<BlobServer> {
    const sizes = new Map<string, number>();
    for (const name of await filesBelow(root)) sizes.set(name, (await stat(join(root, name))).size);
    const server = createServer((incoming, outgoing) => {
      const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://127.0.0.1');
      if (searchParams.get('comp') === 'list') return list(outgoing, sizes);
      const name = decodeURIComponent(pathname).split('/').slice(3).join('/');
      return send(incoming, outgoing, join(root, name), sizes.get(name) ?? 0);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new BlobServer(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const dates = { 'last-modified': 'Thu, 22 Jun 2023 10:00:00 GMT', etag: '"0x8DB000000000000"' };

function list(outgoing: ServerResponse, sizes: ReadonlyMap<string, number>): void {
  const blobs = [...sizes].map(
    ([name, bytes]) =>
      `<Blob><Name>${name}</Name><Properties><Last-Modified>${dates['last-modified']}</Last-Modified><Etag>${dates.etag.slice(1, -1)}</Etag><Content-Length>${bytes}</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>`,
  );
  outgoing.writeHead(200, { 'content-type': 'application/xml' });
  outgoing.end(
    `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${blobs.join('')}</Blobs><NextMarker /></EnumerationResults>`,
  );
}

function send({ headers }: IncomingMessage, outgoing: ServerResponse, path: string, size: number): void {
  const range = String(headers['x-ms-range'] ?? headers.range ?? '');
  const [, from = '0', to = String(size - 1)] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  const [start, end] = [Number(from), Math.min(Number(to), size - 1)];
  outgoing.writeHead(206, {
    ...dates,
    'content-length': end - start + 1,
    'content-range': `bytes ${start}-${end}/${size}`,
    'x-ms-blob-type': 'BlockBlob',
  });
  createReadStream(path, { start, end, highWaterMark: 1 << 20 }).pipe(outgoing);
}
