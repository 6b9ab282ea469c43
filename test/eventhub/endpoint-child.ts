/** Serves the folder given as argument until it is killed, and prints its connection string. */
import { EventHubEndpoint } from '../../src/eventhub/server.ts';

const endpoint = await EventHubEndpoint.start({
  dataDir: process.argv[2] ?? '',
  hubs: [{ name: 'logs', partitions: 2 }],
  keys: { root: 'bm90IGEgc2VjcmV0' },
});
process.stdout.write(`${endpoint.connectionString('logs')}\n`);
