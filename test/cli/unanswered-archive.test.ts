import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from './recording-effects.ts';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'saswatch-unanswered-'));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

it('an archive that does not answer is told of, and an interrupt ends the wait for it', async () => {
  const interrupt = new AbortController();
  let requests = 0;
  const busy = createServer((_, response) => {
    if (++requests === 6) interrupt.abort();
    response.writeHead(503, { 'retry-after': '0', 'x-ms-error-code': 'ServerBusy' }).end();
  });
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const { port } = busy.address() as AddressInfo;
  try {
    const { code, stderr } = await run(['ingest', 'az://logs/insights-logs-storageread', '--data', join(dir, 'lake')], {
      env: {
        SASWATCH_ARCHIVE__ENDPOINT: `http://127.0.0.1:${port}/{account}`,
        SASWATCH_ARCHIVE__SAS: 'sv=2022-11-02&sig=secret',
      },
      signal: interrupt.signal,
    });
    expect(code).toBe(130);
    expect(requests).toBe(6);
    expect(stderr.match(/Cannot read az:\/\/logs\/insights-logs-storageread: .*503.* tried again/g)).toHaveLength(1);
    expect(stderr).not.toContain('secret');
  } finally {
    busy.close();
    busy.closeAllConnections();
  }
});
