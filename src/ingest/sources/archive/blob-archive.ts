import type { ContainerClient } from '@azure/storage-blob';
import { limits } from '../../../core/limits.ts';
import type { Delivery, Framing, Source } from '../../source.ts';
import type { SourceDeps, SourceWork } from '../assignment.ts';
import type { ByteRange } from '../range.ts';
import { RangeCutter } from '../range-cutter.ts';
import { type ArchiveConnection, containerClient } from './client.ts';
import { type OpenBlob, openBlob } from './open-blob.ts';
import { RangeBuffers } from './range-buffers.ts';
import { type GateOptions, RequestGate } from './request-gate.ts';
import { UsageCounter } from './usage.ts';

/** Everything a lane needs to read blobs by itself. */
export interface BlobArchiveAssignment {
  readonly kind: 'blob-archive';
  readonly connection: ArchiveConnection;
  readonly gate: GateOptions;
  /** Where requests and bytes are counted. */
  readonly usage: SharedArrayBuffer;
}

/** A stretch of one blob. */
export interface BlobRange extends ByteRange {
  readonly kind: 'blob-archive';
  readonly account: string;
  readonly container: string;
  readonly name: string;
  /** Bytes of the whole blob and its etag, as listed. */
  readonly bytes: number;
  readonly etag: string;
  /** How the blob is framed, where the listing had to look. */
  readonly framing?: Framing;
}

/** Source name in positions. */
export const blobArchive = 'blob-archive';

/** The frames of one range, in order, read into `buffer`. */
async function* deliveries(
  range: BlobRange,
  { reader, ...framing }: OpenBlob,
  signal: AbortSignal,
  buffer: Buffer,
): AsyncGenerator<Delivery> {
  try {
    yield* new RangeCutter(range, reader, { source: blobArchive, buffer, ...framing }).deliveries(signal);
  } finally {
    await reader.close();
  }
}

/** Ranges a lane has open at a time, so that it need not wait for the first bytes of each small blob. */
const rangesOpen = 8;

/** Logs in blobs: ranges as the coordinator hands them out, the next ones being fetched while one is read. */
export class BlobArchiveSource implements Source {
  readonly kind = blobArchive;
  readonly #assignment: BlobArchiveAssignment;
  readonly #nextWork: SourceDeps['nextWork'];
  readonly #gate: RequestGate;
  readonly #buffer: Buffer;
  readonly #buffers = new RangeBuffers();
  readonly #containers = new Map<string, ContainerClient>();

  constructor(assignment: BlobArchiveAssignment, { nextWork, buffer }: SourceDeps) {
    this.#assignment = assignment;
    this.#nextWork = nextWork;
    this.#buffer = buffer ?? Buffer.allocUnsafeSlow(limits.readBytes);
    this.#gate = new RequestGate(assignment.gate, new UsageCounter(assignment.usage));
  }

  async *read(signal: AbortSignal): AsyncGenerator<Delivery> {
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    const slots = new Map<number, Promise<Opened>>();
    for (let slot = 0; slot < rangesOpen; slot++) slots.set(slot, this.#open(slot, null, stop));
    try {
      while (slots.size > 0 && !signal.aborted) {
        const opened = await Promise.race(slots.values());
        if (opened.range === null) {
          slots.delete(opened.slot);
          continue;
        }
        const { slot, range, log } = opened;
        let reached = range.from;
        for await (const delivery of deliveries(range, log, signal, this.#buffer)) {
          reached = Number(delivery.to.offset);
          yield delivery;
        }
        slots.set(slot, this.#open(slot, { ...range, reached }, stop));
      }
    } finally {
      over.abort();
      for (const slot of slots.values()) slot.catch(() => {});
    }
  }

  async #open(slot: number, finished: SourceWork | null, signal: AbortSignal): Promise<Opened> {
    const range = signal.aborted ? null : await this.#nextWork(finished);
    if (range?.kind !== blobArchive || signal.aborted) return { slot, range: null };
    const { account, container, name } = range;
    const place = {
      blob: this.#container(account, container).getBlobClient(name),
      name: `az://${account}/${container}/${name}`,
      gate: this.#gate,
      buffers: this.#buffers,
    };
    const log = await openBlob(place, range, signal);
    return { slot, range, log };
  }

  #container(account: string, container: string): ContainerClient {
    const key = `${account}/${container}`;
    const known = this.#containers.get(key);
    if (known !== undefined) return known;
    const client = containerClient(this.#assignment.connection, account, container);
    this.#containers.set(key, client);
    return client;
  }
}

type Opened =
  | { readonly slot: number; readonly range: null }
  | { readonly slot: number; readonly range: BlobRange; readonly log: OpenBlob };
