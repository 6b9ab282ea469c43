import type { Readable, Writable } from 'node:stream';

/** Everything a command does to, or learns from, the world outside; tests pass recording ones. */
export interface Effects {
  readonly stdin: Readable;
  /** Data only. */
  readonly stdout: Writable;
  /** For people: progress, notes, errors, the log. */
  readonly stderr: Writable;
  /** Whether each stream is a terminal: no terminal, no colour and no progress. */
  readonly isTTY: { readonly stdout: boolean; readonly stderr: boolean };
  /** Columns of the terminal behind stdout; null where there is none. */
  readonly width: () => number | null;
  /** Aborts at the first Ctrl-C: finish what is in hand and return. */
  readonly signal: AbortSignal;
  /** Gives Ctrl-C its plain meaning back, for work that cannot look at `signal`. */
  readonly stopOnSignal: () => void;
  readonly clock: () => Date;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Writes all of `text`, waiting while the reader of the stream is slower than we are. */
export function write(stream: Writable, text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
