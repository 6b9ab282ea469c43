import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from './recording-effects.ts';

it.each(['ingest', 'ingest --once'])(
  '%s ends at a signal while an archive that does not answer is listed',
  async (words) => {
    const stop = new AbortController();
    const silent = createServer(() => stop.abort()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const folder = await mkdtemp(join(tmpdir(), 'saswatch-listing-'));
    try {
      const { port } = silent.address() as AddressInfo;
      const env = {
        SASWATCH_ARCHIVE__ENDPOINT: `http://127.0.0.1:${port}/{account}`,
        SASWATCH_ARCHIVE__ACCOUNT_KEY: Buffer.from('made up').toString('base64'),
      };
      const { code, stderr } = await run([...words.split(' '), 'az://logs/container', '--data', folder], {
        env,
        signal: stop.signal,
      });
      expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    } finally {
      silent.close();
      silent.closeAllConnections();
      await rm(folder, { recursive: true });
    }
  },
);
