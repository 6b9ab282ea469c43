import type { Writable } from 'node:stream';
import { type LevelWithSilent, type Logger, pino } from 'pino';
import { redact } from './redaction.ts';

/** The log of one process; `child({ component })` per stage. JSON lines for people and collectors, on stderr. */
export type Log = Logger;

/** Names of the diagnostics channels counters hang on; each carries one object of numbers per event. */
export const channels = {
  /** One batch written and committed by a lane. */
  ingestBatch: 'saswatch:ingest:batch',
  /** Records set aside. */
  ingestQuarantine: 'saswatch:ingest:quarantine',
  /** Records a lane's scanner left to the reference decoder. */
  ingestFallback: 'saswatch:ingest:fallback',
  /** One run of the rules. */
  detectRun: 'saswatch:detect:run',
  /** One query ended, well or not. */
  queryRun: 'saswatch:query:run',
} as const;

export interface LogOptions {
  readonly level: LevelWithSilent;
  readonly stream: Pick<Writable, 'write'>;
}

const jsonText = /"(?:[^"\\]|\\.)*"/g;

/** The line with every text in it redacted; text by text, as a signature may end at a quote that JSON has escaped. */
function redactLine(line: string): string {
  return line.replaceAll(jsonText, (text) => JSON.stringify(redact(String(JSON.parse(text)))));
}

/**
 * Opens a log.
 *
 * pino's own redaction knows paths, not texts; a signature hides in URLs inside messages, errors and stacks. So every
 * finished line is redacted before it leaves the process.
 */
export function createLog({ level, stream }: LogOptions): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => void stream.write(redactLine(line)) },
  );
}
