import { hash } from 'node:crypto';

/**
 * One ordered stream of log bytes inside a source: an Event Hubs partition, a blob, a range of a file.
 *
 * `source` names the source (`eventhubs`, `file`), `partition` the stream within it. Both together are the key under
 * which the catalog keeps how far the stream has been read.
 */
export interface Partition {
  readonly source: string;
  readonly partition: string;
}

/**
 * Where a delivery begins or ends in its partition. `offset` orders deliveries: a sequence number (Event Hubs) or a byte
 * position (files, blobs; of the decompressed bytes). `token` is what the source needs beside it to find the place
 * again, as the Event Hubs offset string.
 */
export interface SourcePosition extends Partition {
  readonly offset: bigint;
  readonly token?: string;
}

/** The half-open run [from, to) of one partition. */
export interface PositionRange extends Partition {
  readonly from: bigint;
  readonly to: bigint;
  readonly token?: string;
}

/** Bytes of one partition, decompressed, as they were read and committed: [first, next), and their SHA-256 in hexadecimal. */
export interface ReadStretch extends Partition {
  readonly first: bigint;
  readonly next: bigint;
  readonly sha256: string;
}

/** The first 64 bits of a SHA-256: the key of a dimension row that every lane and every instance computes alike. */
export function contentId(text: string): bigint {
  // Digits cost half of what a buffer does.
  return BigInt(`0x${hash('sha256', text, 'hex').slice(0, 16)}`);
}

/** The `source_id` of the rows read from a partition. */
export function sourceId({ source, partition }: Partition): bigint {
  return contentId(`${source}\n${partition}`);
}
