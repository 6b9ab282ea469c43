import pico from 'picocolors';
import { terminalText } from '../query/render/terminal-text.ts';
import type { Effects } from './effects.ts';

/** One line on stderr that is drawn over and over; nothing of it is written where stderr is no terminal. */
export interface Progress {
  /** Replaces the line. */
  update(line: string): void;
  /** Prints a line above it that stays, on a terminal or not. Colours in it pass, nothing else that acts on a terminal. */
  note(line: string): void;
  /** The same of what must be told: `quiet` does not drop it. */
  fault(line: string): void;
  /** Clears the line. */
  end(): void;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences.
const colour = /(\u001b\[[0-9;]*m)/;

function colouredText(text: string): string {
  return text
    .split(colour)
    .map((part) => (colour.test(part) ? part : terminalText(part)))
    .join('');
}

/** Opens a progress line; `quiet` drops the notes as well. */
export function createProgress({ stderr, isTTY }: Pick<Effects, 'stderr' | 'isTTY'>, quiet = false): Progress {
  const live = isTTY.stderr && !quiet;
  const { dim } = pico.createColors(live);
  let current = '';
  const draw = () => current !== '' && stderr.write(`\r\u001b[2K\u001b[?7l${dim(current)}\u001b[?7h`);
  const clear = () => current !== '' && stderr.write('\r\u001b[2K');
  const print = (line: string) => {
    clear();
    stderr.write(`${colouredText(line)}\n`);
    draw();
  };
  return {
    update(line) {
      if (!live) return;
      current = terminalText(line).replaceAll('\n', ' ');
      draw();
    },
    note(line) {
      if (!quiet) print(line);
    },
    fault: print,
    end() {
      clear();
      current = '';
    },
  };
}
