import type { SourceWork } from './assignment.ts';

/**
 * A lane's pieces of work: asked for in bunches, as the message for a small one costs more than reading it, and handed out
 * one by one.
 */
export class WorkQueue {
  readonly #ask: (finished: readonly SourceWork[]) => Promise<readonly SourceWork[]>;
  readonly #waiting: SourceWork[] = [];
  #finished: SourceWork[] = [];

  /** @param ask hands back what is finished and waits for the next pieces; none where there are none left. */
  constructor(ask: (finished: readonly SourceWork[]) => Promise<readonly SourceWork[]>) {
    this.#ask = ask;
  }

  /** The next piece; null when there is none left. @param finished the piece that its asker had before. */
  async next(finished: SourceWork | null): Promise<SourceWork | null> {
    if (finished !== null) this.#finished.push(finished);
    if (this.#waiting.length === 0) {
      const handedBack = this.#finished;
      this.#finished = [];
      this.#waiting.push(...(await this.#ask(handedBack)));
    }
    return this.#waiting.shift() ?? null;
  }
}
