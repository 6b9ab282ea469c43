import { AppError } from '../core/errors.ts';
import { Hub, type HubOptions } from './hub.ts';
import type { LinkError } from './link-error.ts';
import type { NodeAddress } from './node-address.ts';
import type { PartitionLog, PartitionLogOptions } from './partition-log.ts';

type ProducerAddress = Extract<NodeAddress, { node: 'producer' }>;
type ConsumerAddress = Extract<NodeAddress, { node: 'consumer' }>;

/** The hubs of one endpoint, found by the names in link addresses. */
export class Namespace {
  readonly #hubs: ReadonlyMap<string, Hub>;

  private constructor(hubs: readonly Hub[]) {
    this.#hubs = new Map(hubs.map((hub) => [hub.name.toLowerCase(), hub]));
  }

  /**
   * Opens the hubs' logs in `dataDir`; see `Hub.open` for what else can be wrong with them.
   *
   * @throws AppError CONFIG_INVALID if two hubs have one name.
   */
  static async open(dataDir: string, hubs: readonly HubOptions[], logOptions: PartitionLogOptions): Promise<Namespace> {
    const names = hubs.map(({ name }) => name.toLowerCase());
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) throw new AppError('CONFIG_INVALID', `two event hubs are named "${twice}": rename one`);
    return new Namespace(await Promise.all(hubs.map((hub) => Hub.open(dataDir, hub, logOptions))));
  }

  findHub(name: string): Hub | undefined {
    return this.#hubs.get(name.toLowerCase());
  }

  /** Which log takes a producer's events, by their partition key. */
  findRoute({ hub: name, partition }: ProducerAddress): ((key: string | undefined) => PartitionLog) | LinkError {
    const hub = this.findHub(name);
    if (hub === undefined) return notFound(name);
    if (partition === undefined) return (key) => hub.route(key);
    const log = hub.partition(partition);
    return log === undefined ? outOfRange(hub, partition) : () => log;
  }

  /** The log a consumer wants to read. */
  findLog({ hub: name, consumerGroup, partition }: ConsumerAddress): PartitionLog | LinkError {
    const hub = this.findHub(name);
    if (hub === undefined) return notFound(name);
    if (!hub.hasConsumerGroup(consumerGroup)) return notFound(`${name}/ConsumerGroups/${consumerGroup}`);
    return hub.partition(partition) ?? outOfRange(hub, partition);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#hubs.values()].map((hub) => hub.close()));
  }
}

function notFound(entity: string): LinkError {
  return { condition: 'amqp:not-found', description: `The messaging entity '${entity}' could not be found.` };
}

/** The answer to a partition id that a hub does not have. */
export function outOfRange(hub: Hub, partition: string): LinkError {
  return {
    condition: 'com.microsoft:argument-out-of-range',
    description: `Partition "${partition}" of event hub "${hub.name}" does not exist: use 0 to ${hub.partitions.length - 1}.`,
  };
}
