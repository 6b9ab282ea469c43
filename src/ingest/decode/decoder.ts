import type { Batch } from '../../core/batch.ts';
import type { Table } from '../../store/table.ts';
import type { Framing } from '../source.ts';

/** A stretch of input no parser accepts, kept apart with its place so that its neighbours go on. */
export interface Rejected {
  /** Byte range within the decoded bytes. */
  readonly start: number;
  readonly end: number;
  /** Why, in words that name the field or the syntax error; never holds a signature. */
  readonly reason: string;
}

export interface Decoded {
  /** Rows appended to the open batch by this call. */
  readonly rows: number;
  /** First byte not consumed: `bytes.length`, or less when the batch is full and must be taken first. */
  readonly consumed: number;
  /** In input order. */
  readonly rejected: readonly Rejected[];
}

/** Records a fast decoder left to the reference decoder. */
export interface Fallback {
  readonly records: number;
  /** Inputs of which it left so many that it left all the rest. */
  readonly inputs: number;
  /** Azure path of the field at which it left the first, null where it was not a field. */
  readonly firstField: string | null;
}

/**
 * Turns log bytes into the open batch of Arrow-layout columns. One per lane; holds one open batch.
 *
 * Contract: every record of the input becomes exactly one row or one rejected stretch. Every string written to the batch
 * is valid UTF-8 and has no signature in it.
 */
export interface Decoder {
  /**
   * For a source to read into, `limits.readBytes` long, where the decoder has such memory: what is then delivered from it is
   * decoded where it lies.
   */
  readonly buffer?: Buffer;
  /** Rows in the open batch. */
  readonly rows: number;
  /**
   * Appends the records of `bytes` from `start` on.
   *
   * @param bytes UTF-8, whole frames of `framing`. Borrowed: not kept after return, not written to.
   * @param sourceId value of the column `source_id` for these rows.
   */
  decode(bytes: Uint8Array, framing: Framing, sourceId: bigint, start?: number): Decoded;
  /**
   * Puts the rows in the order of segments, by token and time, where the decoder can do so cheaper than the segment writer. Call
   * once before `batch`; nothing is decoded between it and `reset`.
   */
  sort(): void;
  /** The open batch; its buffers are valid until `reset`. */
  batch(): Batch;
  /** The rollup of what `batch` gave; its buffers are valid until `reset`. */
  rollUp(batch: Batch): Table;
  /**
   * SAS parameter sets met that this decoder has not handed on before the last `reset`, as rows of the `sas` dimension; more may
   * be among them. Its buffers are valid until `reset`.
   */
  newSas(): Table;
  /** What was left to a slower decoder since the last call, null if nothing was. */
  takeFallback(): Fallback | null;
  /** Empties the batch for the next segment. */
  reset(): void;
}
