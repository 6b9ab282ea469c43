/** What a link wants to talk to. */
export type NodeAddress =
  | { readonly node: 'cbs' | 'management' }
  | { readonly node: 'producer'; readonly hub: string; readonly partition: string | undefined }
  | { readonly node: 'consumer'; readonly hub: string; readonly consumerGroup: string; readonly partition: string };

const CONSUMER = /^([^/]+)\/ConsumerGroups\/([^/]+)\/Partitions\/([^/]+)$/i;
const PRODUCER = /^([^/]+)(?:\/Partitions\/([^/]+))?$/i;

/** Reads the address of a link, which may be a path or a whole URL; `undefined` if no node of a namespace has it. */
export function parseNodeAddress(address: string): NodeAddress | undefined {
  const path = entityPath(address);
  if (path === '$cbs') return { node: 'cbs' };
  if (path === '$management' || path.endsWith('/$management')) return { node: 'management' };
  const [, consumedHub, consumerGroup, consumedPartition] = CONSUMER.exec(path) ?? [];
  if (consumedHub !== undefined && consumerGroup !== undefined && consumedPartition !== undefined) {
    return { node: 'consumer', hub: consumedHub, consumerGroup, partition: consumedPartition };
  }
  const [, hub, partition] = PRODUCER.exec(path) ?? [];
  return hub === undefined ? undefined : { node: 'producer', hub, partition };
}

/** The path in an address or audience: `sb://host:port/hub/Partitions/0` and `hub/Partitions/0` are the same. */
export function entityPath(address: string): string {
  return address.replace(/^\w+:\/\/[^/]*/, '').replace(/^\/+|\/+$/g, '');
}
