import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../core/errors.ts';
import type { Commit } from '../store/commit.ts';
import type { WriterName } from '../store/segment-writer.ts';
import type { DecoderName } from './decode/create-decoder.ts';
import type { Fallback } from './decode/decoder.ts';
import type { SourceAssignment, SourceWork } from './sources/assignment.ts';
import type { TimeRange } from './time-range.ts';

/** Everything a lane needs to work by itself: handed over once, no log bytes follow. */
export interface LaneTask {
  readonly dataDir: string;
  readonly flushIntervalMs: number;
  readonly batchRowsMax: number;
  readonly decoder: DecoderName;
  readonly writer: WriterName;
  /** Event time to keep; null: all of it. */
  readonly range: TimeRange | null;
  /** Whether what is read is hashed, so that it can be proved later; false if absent. Of stored logs only. */
  readonly proof?: boolean;
  readonly assignment: SourceAssignment;
  /** The lane's end of the channel on which it asks for work and for commits. */
  readonly port: MessagePort;
}

/** How a lane ended; errors cross a thread as plain values, since a thrown one loses its code on the way. */
export type LaneOutcome = { readonly ok: true } | ({ readonly ok: false } & LaneFault);

export interface LaneFault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

/** What a lane asks of the coordinator; every request gets exactly one answer, by its id. */
export type LaneRequest =
  | { readonly kind: 'commit'; readonly commit: Commit; readonly bytes: number; readonly fallback: Fallback | null }
  | { readonly kind: 'work'; readonly finished: readonly SourceWork[] };

/** The answers, and the one order a coordinator gives unasked: stop reading, flush, end. */
export type LaneAnswer =
  | { readonly kind: 'committed'; readonly status: 'committed' | 'duplicate' }
  | { readonly kind: 'work'; readonly work: readonly SourceWork[] }
  | ({ readonly kind: 'refused' } & LaneFault);

export type ToCoordinator = { readonly id: number; readonly request: LaneRequest };
export type ToLane = { readonly id: number; readonly answer: LaneAnswer } | { readonly stop: true };
