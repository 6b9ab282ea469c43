import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partitionOfKey } from '../../src/eventhub/partition-key.ts';

const sdkModule = new URL('impl/partitionKeyToIdMapper.js', import.meta.resolve('@azure/event-hubs')).href;
const { mapPartitionKeyToId } = (await import(sdkModule)) as {
  mapPartitionKeyToId: (key: string, partitions: number) => number;
};

it('chooses the partition that the SDK and the service choose', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 60, unit: 'grapheme' }),
      fc.integer({ min: 1, max: 1024 }),
      (key, partitions) => {
        expect(partitionOfKey(key, partitions)).toBe(mapPartitionKeyToId(key, partitions));
      },
    ),
    { numRuns: 2000 },
  );
});
