// C0 without newline and tab, DEL, C1, and the marks that reorder or hide text in a terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * Text that cannot move the cursor, change colours, retitle or reorder a terminal: everything that comes from a log is
 * hostile there. Such characters become `·`; newlines and tabs stay.
 */
export function terminalText(text: string): string {
  return text.replaceAll(unsafe, '·');
}

/** The same on one line: breaks and tabs become `·` as well, so no value can pass for a line of its own. */
export function lineText(text: string): string {
  return terminalText(text).replaceAll(/[\n\t]/g, '·');
}
