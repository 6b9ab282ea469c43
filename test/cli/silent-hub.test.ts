import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from './recording-effects.ts';

it('ingest ends at a signal while a namespace does not answer', async () => {
  const stop = new AbortController();
  const sockets: Socket[] = [];
  const silent = createServer((socket) => {
    sockets.push(socket);
    stop.abort();
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'saswatch-silent-'));
  try {
    const { port } = silent.address() as AddressInfo;
    const env = {
      SASWATCH_EVENTHUBS__HUBS: 'logs',
      SASWATCH_EVENTHUBS__CONNECTION_STRING: `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=a;SharedAccessKey=bWFkZSB1cA==;UseDevelopmentEmulator=true`,
    };
    const { code, stderr } = await run(['ingest', 'eventhubs', '--data', folder], { env, signal: stop.signal });
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  } finally {
    silent.close();
    for (const socket of sockets) socket.destroy();
    await rm(folder, { recursive: true });
  }
});
