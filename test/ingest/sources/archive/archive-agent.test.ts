import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentFor } from '../../../../src/ingest/sources/archive/archive-agent.ts';
import { containerClient } from '../../../../src/ingest/sources/archive/client.ts';

/** Bytes in which any stretch that stands elsewhere, or twice, shows. */
function body(seed: number): Buffer {
  const words = Uint32Array.from({ length: 120_000 }, (_, n) => Math.imul(n + seed * 1_000_003, 2_654_435_761));
  return Buffer.from(words.buffer);
}

/** Answers `/N` with a body of its own, `/0` in chunks; of `/N?cut` the connection breaks amid it. */
const answer: RequestListener = ({ url = '' }, outgoing) => {
  const seed = Number(/^\/(\d+)/.exec(url)?.[1] ?? 0);
  const bytes = body(seed);
  outgoing.writeHead(200, seed === 0 ? {} : { 'content-length': bytes.length });
  if (!url.endsWith('?cut')) outgoing.end(bytes);
  else outgoing.write(bytes.subarray(0, bytes.length >> 1), () => outgoing.destroy());
};

let certificate = { cert: '', key: '' };
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'saswatch-tls-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...made, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  certificate = { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
  await rm(folder, { recursive: true });
});

describe.each(['http', 'https'] as const)('over %s', (scheme) => {
  let server: http.Server;
  const agent = agentFor(`${scheme}://`, {});
  const urlOf = (path: string) => `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const ask = (path: string) =>
    scheme === 'http' ? http.get(urlOf(path), { agent }) : https.get(urlOf(path), { agent, ca: certificate.cert });
  const answerTo = async (path: string) => (await once(ask(path), 'response'))[0] as IncomingMessage;
  const bodyOf = async (path: string) => {
    const pieces: Buffer[] = [];
    for await (const piece of await answerTo(path)) pieces.push(piece as Buffer);
    return pieces;
  };

  beforeAll(async () => {
    server = scheme === 'http' ? http.createServer(answer) : https.createServer(certificate, answer);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('leaves a piece of a body as it came, however long it is kept', async () => {
    const kept = await Promise.all(Array.from({ length: 6 }, (_, n) => bodyOf(`/${n}`)));
    for (const [n, pieces] of kept.entries()) {
      expect(pieces.length).toBeGreaterThan(1);
      expect(Buffer.concat(pieces).equals(body(n))).toBe(true);
    }
  });

  it('waits for a reader who does not keep up', async () => {
    const answered = await answerTo('/7');
    const pieces: Buffer[] = [];
    let paused = 0;
    answered.on('data', async (piece: Buffer) => {
      pieces.push(piece);
      answered.pause();
      paused++;
      for (let turns = 0; turns < 5; turns++) await turn();
      answered.resume();
    });
    await once(answered, 'end');
    expect(paused).toBeGreaterThan(1);
    expect(Buffer.concat(pieces).equals(body(7))).toBe(true);
  });

  it('reads nothing from the network for a reader who waits', async () => {
    const answered = await answerTo('/0');
    const { socket } = answered;
    const before = socket.bytesRead;
    await once(answered, 'readable');
    for (let turns = 0; turns < 50; turns++) await turn();
    expect(socket.bytesRead - before).toBeLessThan(body(0).length / 2);
    answered.destroy();
  });

  it('goes on with the next body after one that its reader gave up', async () => {
    const given = await answerTo('/2');
    await once(given, 'data');
    given.destroy();
    expect(Buffer.concat(await bodyOf('/3')).equals(body(3))).toBe(true);
    const again = await answerTo('/4');
    const { socket } = again;
    again.resume();
    await once(again, 'end');
    const next = await answerTo('/5');
    expect(next.socket).toBe(socket);
    next.destroy();
  });

  it('tells of a connection that breaks amid a body', async () => {
    await expect(bodyOf('/6?cut')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(Buffer.concat(await bodyOf('/6')).equals(body(6))).toBe(true);
  });
});

it('is what the clients of containers connect by, again and again', async () => {
  const server = http.createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connection = { endpoint: `http://127.0.0.1:${port}`, connectionString: null, sas: 'sv=1', accountKey: null };
  const blob = containerClient(connection, 'acct', 'logs').getBlobClient('8');
  for (let time = 0; time < 3; time++) await blob.getProperties().catch(() => {});
  const agent = agentFor('http://', {});
  const names = Object.keys({ ...agent?.sockets, ...agent?.freeSockets });
  expect(names.filter((name) => name.includes(`:${port}:`))).toHaveLength(1);
  server.closeAllConnections();
  server.close();
});

it('leaves the way through a proxy to the SDK', () => {
  expect(agentFor('https://acct.blob.core.windows.net', { https_proxy: 'http://proxy:3128' })).toBeUndefined();
  expect(agentFor('https://acct.blob.core.windows.net', {})).toMatchObject({ protocol: 'https:' });
});
