import type { SourcePosition } from '../core/position.ts';

/** How log records are framed in a delivery: archive JSON lines, `{"records":[…]}` bodies, `$logs` lines. */
export type Framing = 'lines' | 'records' | 'classic';

/** A run of bytes from one place, with both ends known so it can be found, or proved, again. */
export interface Delivery {
  /** Whole frames only: the source cuts at frame ends, so lanes hold no state. Borrowed until the next pull. */
  readonly bytes: Uint8Array;
  readonly framing: Framing;
  /** First position of the delivery. */
  readonly from: SourcePosition;
  /** First position after the delivery: where reading resumes once it is committed. */
  readonly to: SourcePosition;
  /** What the source itself could not read just behind these bytes, as a truncated gzip: kept in the quarantine. */
  readonly fault?: string;
  /** Call once, after the catalog has committed every row; never before, never twice. */
  ack(): Promise<void>;
}

/**
 * Where logs come from; runs inside a lane. Retries what is retryable itself; anything it throws ends the assignment.
 */
export interface Source {
  readonly kind: string;
  /**
   * Deliveries of each partition in order and without gaps, from the positions given at creation. Ends quietly when
   * `signal` aborts. Pulling is the backpressure: at most `deliveriesInFlightMax` are read ahead.
   */
  read(signal: AbortSignal): AsyncIterable<Delivery>;
}
