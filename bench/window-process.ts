import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { plainEnvironment } from './child-run.ts';

/** What a measured program says about a window in a line of output. */
const windowSchema = z.object({ rows: z.int(), cpu_s: z.number() });

/** A program that stays up between the windows it is measured in, so that programs can take turns by the window. */
export class WindowProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  /** @param cwd working folder; an empty one, so that no configuration file is found by chance. */
  constructor(script: URL, args: readonly string[], cwd: string) {
    this.#child = spawn(process.execPath, [script.pathname, ...args], { cwd, env: plainEnvironment() });
    this.#child.stderr.on('data', (text) => {
      this.#errors += text;
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Has the program work for a window; one at a time, or their times mix.
   *
   * @returns CPU-seconds per million rows, user and system time of every thread.
   * @throws Error with the program's stderr, if it has ended or its line is no window.
   */
  async next(): Promise<number> {
    this.#child.stdin.write('\n');
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the program ended: ${this.#errors}`);
    const { rows, cpu_s } = windowSchema.parse(JSON.parse(value));
    return (cpu_s * 1e6) / rows;
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.stdin.end();
    await ended;
  }
}
