// Texts of utf8 columns.
import { ANSWER_AT } from './layout';
import { redact } from './host';
import { suspect } from './redaction';
import { endText, textCursor } from './row';
import { copy } from './text';

/** Copies clean text to `d`; returns its end. */
// @ts-ignore: decorator
@inline
export function append(d: usize, p: usize, n: usize): usize {
  copy(p, d, n);
  return d + n;
}

/** Copies text to `d` without signatures; returns its end. */
export function appendRedacted(d: usize, p: usize, n: usize): usize {
  return suspect(p, n) ? append(d, ANSWER_AT, redact(p, n)) : append(d, p, n);
}

/** Writes the row's text of a utf8 column. */
export function writeText(t: u32, p: usize, n: usize): void {
  endText(t, appendRedacted(textCursor(t), p, n));
}
