import { AppError, type ErrorCode } from '../core/errors.ts';

/** What the process tells the shell; part of the command line's contract. */
export const exitCodes = {
  done: 0,
  fault: 1,
  usage: 2,
  /** Findings at or above `--fail-on`. */
  findings: 3,
  /** A source or sink is out of reach, or another process holds the data folder. */
  unreachable: 4,
  integrity: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byErrorCode: Readonly<Record<ErrorCode, ExitCode>> = {
  CONFIG_INVALID: exitCodes.usage,
  DETECTION_INVALID: exitCodes.usage,
  QUERY_REJECTED: exitCodes.usage,
  SOURCE_AUTH: exitCodes.unreachable,
  SOURCE_UNAVAILABLE: exitCodes.unreachable,
  SINK_WRITE: exitCodes.unreachable,
  DATA_IN_USE: exitCodes.unreachable,
  REPLAY_INTEGRITY: exitCodes.integrity,
  DECODE_OVERSIZE: exitCodes.fault,
  SCHEMA_UNKNOWN: exitCodes.fault,
  DETECTION_FAILED: exitCodes.fault,
  QUERY_FAILED: exitCodes.fault,
  WORKER_CRASHED: exitCodes.fault,
};

/** The exit code for anything a command may throw. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof AppError ? byErrorCode[error.code] : exitCodes.fault;
}
