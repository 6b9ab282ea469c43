import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { errorText, isSystemError } from '../../core/errors.ts';
import { EventHubEndpoint } from '../../eventhub/server.ts';
import { jsonLine } from '../../query/render/jsonl.ts';
import { write } from '../effects.ts';
import { exitCodes } from '../exit-codes.ts';
import { parseCount } from '../option-values.ts';
import type { Act } from '../session.ts';

interface Options {
  readonly port: number;
  readonly hub?: readonly string[];
  readonly partitions: number;
}

/** The endpoint's own key, made once per data folder, so that a client's connection string outlives a restart. */
async function endpointKey(folder: string): Promise<string> {
  const path = join(folder, 'key');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
  }
  const key = randomBytes(32).toString('base64');
  await writeFile(path, `${key}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}

export function define(command: Command, act: Act): void {
  command
    .option('--port <n>', 'port on 127.0.0.1, 0 for any free one', parseCount(0, 65_535), 0)
    .option('--hub <names...>', 'event hubs to offer (default: those of eventhubs.hubs)')
    .option('--partitions <n>', 'partitions of each hub; a hub that exists keeps its own', parseCount(1), 4)
    .addHelpText(
      'after',
      '\nPrints one connection string a hub and runs until Ctrl-C; accepted events are kept under --data.',
    );

  act<Options>(command, async ({ session, options }) => {
    const { effects, log } = session;
    const { data, eventhubs } = session.config();
    const folder = join(data, 'eventhub');
    await mkdir(folder, { recursive: true });
    const names = options.hub ?? eventhubs.hubs;
    const endpoint = await EventHubEndpoint.start({
      dataDir: folder,
      hubs: names.map((name) => ({ name, partitions: options.partitions })),
      keys: { RootManageSharedAccessKey: await endpointKey(folder) },
      port: options.port,
      onConnectionError: (error) => log.warn({ error: errorText(error) }, 'connection dropped'),
    });
    try {
      for (const hub of names) {
        const connectionString = endpoint.connectionString(hub);
        const line = session.json
          ? jsonLine({ hub, port: endpoint.port, connection_string: connectionString })
          : `${connectionString}\n`;
        await write(effects.stdout, line);
      }
      if (!effects.signal.aborted) await once(effects.signal, 'abort');
    } finally {
      await endpoint.close();
    }
    return exitCodes.done;
  });
}
