import type { MessagePort } from 'node:worker_threads';
import { AppError } from '../core/errors.ts';
import type { LaneAnswer, LaneRequest, ToCoordinator, ToLane } from './lane-protocol.ts';

/** The lane's end of its channel to the coordinator: requests with one answer each, and the order to stop. */
export class LaneChannel {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, (answer: LaneAnswer) => void>();
  readonly #stop = new AbortController();
  #nextId = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (message: ToLane) => {
      if ('stop' in message) return this.#stop.abort();
      this.#waiting.get(message.id)?.(message.answer);
      this.#waiting.delete(message.id);
    });
  }

  /** Aborts when the coordinator wants the lane to flush what it has and end. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** @throws AppError if the coordinator refuses; of a commit SINK_WRITE, retryable: the lane starts again from the catalog. */
  async ask(request: LaneRequest): Promise<Exclude<LaneAnswer, { kind: 'refused' }>> {
    const id = this.#nextId++;
    const answer = await new Promise<LaneAnswer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#port.postMessage({ id, request } satisfies ToCoordinator);
    });
    if (answer.kind === 'refused') throw new AppError(answer.code, answer.message, { retryable: answer.retryable });
    return answer;
  }

  close(): void {
    this.#port.close();
  }
}
