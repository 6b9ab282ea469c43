import { AppError } from '../core/errors.ts';
import { redact } from '../core/redaction.ts';
import { terminalText } from '../query/render/terminal-text.ts';

/** What people see of an error: nothing secret, nothing that moves a terminal, a stack only on request. */
export function errorReport(error: unknown, debug: boolean): string {
  const text = error instanceof Error ? (debug ? (error.stack ?? error.message) : error.message) : String(error);
  const causes =
    debug && error instanceof Error && error.cause !== undefined
      ? `\ncaused by: ${errorReport(error.cause, true)}`
      : '';
  const code = error instanceof AppError ? ` [${error.code}]` : '';
  return `saswatch: ${terminalText(redact(text))}${code}${causes}`;
}
