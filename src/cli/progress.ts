import pico from 'picocolors';
import { terminalText } from '../query/render/terminal-text.ts';
import type { Effects } from './effects.ts';

/** One line on stderr that is drawn over and over; nothing of it is written where stderr is no terminal. */
export interface Progress {
  /** Replaces the line. */
  update(line: string): void;
  /** Prints a line above it that stays, on a terminal or not. May hold colours: log text in it must be made safe first. */
  note(line: string): void;
  /** Clears the line. */
  end(): void;
}

/** Opens a progress line; `quiet` drops the notes as well. */
export function createProgress({ stderr, isTTY }: Pick<Effects, 'stderr' | 'isTTY'>, quiet = false): Progress {
  const live = isTTY.stderr && !quiet;
  const { dim } = pico.createColors(live);
  let current = '';
  const draw = () => current !== '' && stderr.write(`\r\u001b[2K\u001b[?7l${dim(current)}\u001b[?7h`);
  const clear = () => current !== '' && stderr.write('\r\u001b[2K');
  return {
    update(line) {
      if (!live) return;
      current = terminalText(line).replaceAll('\n', ' ');
      draw();
    },
    note(line) {
      if (quiet) return;
      clear();
      stderr.write(`${line}\n`);
      draw();
    },
    end() {
      clear();
      current = '';
    },
  };
}
