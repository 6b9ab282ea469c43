/** The closed list of fault codes; each maps to one exit code of the command line. */
export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'DETECTION_INVALID'
  | 'QUERY_REJECTED'
  | 'SOURCE_AUTH'
  | 'SOURCE_UNAVAILABLE'
  | 'SINK_WRITE'
  | 'DATA_IN_USE'
  | 'REPLAY_INTEGRITY'
  | 'DECODE_OVERSIZE'
  | 'SCHEMA_UNKNOWN'
  | 'DETECTION_FAILED'
  | 'QUERY_FAILED'
  | 'WORKER_CRASHED';

export interface ErrorContext {
  readonly cause?: unknown;
  /** True where the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  readonly [key: string]: unknown;
}

/**
 * The one error class for faults of the outside world.
 *
 * The message says what was tried, with which value, and the way out. Bad input records are no error: they are
 * quarantined and counted. Programmer mistakes are `assert`s.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, { cause, retryable = false, ...context }: ErrorContext = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable;
    this.context = context;
  }
}

/** The text of anything thrown, for messages that wrap it. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same as a part of a sentence, which ends with a stop of its own. */
export function errorClause(error: unknown): string {
  return errorText(error).replace(/[.!\s]+$/, '');
}

/** True if `error` is a Node system error with this code (`ENOENT`, `ENOSPC` …). */
export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
