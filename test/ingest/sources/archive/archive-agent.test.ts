import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { agentFor } from '../../../../src/ingest/sources/archive/archive-agent.ts';
import { containerClient } from '../../../../src/ingest/sources/archive/client.ts';

/** Bytes in which any stretch that stands elsewhere, or twice, shows. */
function body(seed: number): Buffer {
  const words = Uint32Array.from({ length: 300_000 }, (_, n) => Math.imul(n + seed * 1_000_003, 2_654_435_761));
  return Buffer.from(words.buffer);
}

const server = createServer(({ url }, outgoing) => {
  const bytes = body(Number(url?.slice(1)) || 0);
  outgoing.writeHead(200, url === '/0' ? {} : { 'content-length': bytes.length });
  outgoing.end(bytes);
});
let url = '';
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const agent = () => agentFor('http://', {});

async function answerTo(path: string): Promise<IncomingMessage> {
  const [answer] = (await once(get(`${url}${path}`, { agent: agent() }), 'response')) as [IncomingMessage];
  return answer;
}

it('leaves a piece of a body as it came, however long it is kept', async () => {
  const kept = Array.from({ length: 6 }, async (_, n) => {
    const pieces: Buffer[] = [];
    for await (const piece of await answerTo(`/${n}`)) pieces.push(piece as Buffer);
    return pieces;
  });
  for (const [n, pieces] of (await Promise.all(kept)).entries()) {
    expect(pieces.length).toBeGreaterThan(1);
    expect(Buffer.concat(pieces).equals(body(n))).toBe(true);
  }
});

it('waits for a reader who does not keep up', async () => {
  const answer = await answerTo('/7');
  const pieces: Buffer[] = [];
  answer.on('data', async (piece: Buffer) => {
    pieces.push(piece);
    answer.pause();
    await turn();
    await turn();
    answer.resume();
  });
  await once(answer, 'end');
  expect(Buffer.concat(pieces).equals(body(7))).toBe(true);
});

it('is what the clients of containers connect by, again and again', async () => {
  const connection = { endpoint: url, connectionString: null, sas: 'sv=1', accountKey: null };
  const blob = containerClient(connection, 'acct', 'logs').getBlobClient('8');
  for (let time = 0; time < 3; time++) await blob.getProperties().catch(() => {});
  const free = Object.entries(agent()?.freeSockets ?? {}).filter(([name]) => name.includes(new URL(url).port));
  expect(free.map(([, sockets]) => sockets?.length)).toEqual([expect.any(Number)]);
});

it('leaves the way through a proxy to the SDK', () => {
  expect(agentFor('https://acct.blob.core.windows.net', { https_proxy: 'http://proxy:3128' })).toBeUndefined();
  expect(agentFor('https://acct.blob.core.windows.net', {})).toMatchObject({ protocol: 'https:' });
});
