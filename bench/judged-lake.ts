import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceId } from '../src/core/position.ts';
import { Detector } from '../src/detect/detector.ts';
import { createDecoder } from '../src/ingest/decode/create-decoder.ts';
import type { Decoder } from '../src/ingest/decode/decoder.ts';
import { Catalog } from '../src/store/catalog.ts';
import type { SegmentFile } from '../src/store/commit.ts';
import { LaneStore } from '../src/store/lane-store.ts';
import { cpuSecondsOf } from './processor-time.ts';

const place = { source: 'bench', partition: '0' };
const inputRows = 1_000;

function* inputsOf(records: readonly string[]): Iterable<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < records.length; start += inputRows)
    yield new TextEncoder().encode(`${records.slice(start, start + inputRows).join('\n')}\n`);
}

/** A lake of its own that rows are written into as a lane does, with a detector that goes on from run to run. */
export class JudgedLake {
  readonly #dataDir: string;
  readonly #catalog: Catalog;
  readonly #store: LaneStore;
  readonly #decoder: Decoder;
  readonly detector: Detector;
  #rows = 0n;
  /** What writing took, CPU-seconds. */
  written = 0;

  private constructor(
    dataDir: string,
    { catalog, store, decoder }: { readonly catalog: Catalog; readonly store: LaneStore; readonly decoder: Decoder },
    detector: Detector,
  ) {
    this.#dataDir = dataDir;
    this.#catalog = catalog;
    this.#store = store;
    this.#decoder = decoder;
    this.detector = detector;
  }

  /** @param rowsMax of a commit. */
  static async open(rowsMax: number): Promise<JudgedLake> {
    const dataDir = await mkdtemp(join(tmpdir(), 'saswatch-bench-'));
    const catalog = await Catalog.open(dataDir);
    const store = await LaneStore.open(dataDir);
    const detector = await Detector.open({ dataDir, catalog });
    return new JudgedLake(dataDir, { catalog, store, decoder: createDecoder('scanner', rowsMax) }, detector);
  }

  /** Writes records into one commit. */
  async write(records: readonly string[]): Promise<readonly SegmentFile[]> {
    const inputs = [...inputsOf(records)];
    let segments: readonly SegmentFile[] = [];
    this.written += await cpuSecondsOf(async () => {
      segments = await this.#commit(inputs);
    });
    this.detector.note(segments);
    return segments;
  }

  async #commit(inputs: readonly Uint8Array<ArrayBuffer>[]): Promise<readonly SegmentFile[]> {
    for (const input of inputs)
      for (let at = 0; at < input.length; ) at = this.#decoder.decode(input, 'lines', sourceId(place), at).consumed;
    this.#decoder.sort();
    const batch = this.#decoder.batch();
    const staged = await this.#store.stage(batch, this.#decoder.newSas(), this.#decoder.rollUp(batch));
    const until = this.#rows + BigInt(batch.rows);
    const ranges = [{ ...place, from: this.#rows, to: until }];
    this.#rows = until;
    this.#decoder.reset();
    const commit = { ranges, ...(await this.#store.finish([staged], ranges, [])) };
    await this.#catalog.commit(commit);
    return commit.segments;
  }

  async remove(): Promise<void> {
    this.detector.close();
    await this.#store.close();
    await this.#catalog.close();
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}
