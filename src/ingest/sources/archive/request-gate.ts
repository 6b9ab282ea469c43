import { setTimeout as sleep } from 'node:timers/promises';
import { isRetryable, isUnknownHost, retryAfterMs } from './archive-error.ts';
import { TokenBucket } from './token-bucket.ts';
import type { RequestKind, UsageCounter } from './usage.ts';

export interface GateOptions {
  /** Requests a second at most, over a while; null: as many as come. */
  readonly requestsPerSecond: number | null;
  /** Tries of one request before it is given up; null: for as long as it takes. */
  readonly triesMax: number | null;
}

/** A name service may stumble once. */
const triesUnknownHost = 3;
const pauseMsFirst = 200;
const pauseMsMax = 20_000;
/** Tries of one request after which people are told. */
const triesUntold = 4;
/** Longest wait for one answer with its body. */
const tryMsMax = 60_000;

/** Every request to an archive goes through here: held to a rate, counted, tried again where that may help. */
export class RequestGate {
  readonly #options: GateOptions;
  readonly #usage: UsageCounter;
  readonly #bucket: TokenBucket | null;
  readonly #onTrouble: (fault: unknown) => void;

  /** @param onTrouble told once of a request that fails again and again, while it is still tried. */
  constructor(options: GateOptions, usage: UsageCounter, onTrouble: (fault: unknown) => void = () => {}) {
    this.#onTrouble = onTrouble;
    this.#options = options;
    this.#usage = usage;
    this.#bucket = options.requestsPerSecond === null ? null : new TokenBucket(options.requestsPerSecond);
  }

  /** @throws the last fault as the SDK gives it, or the reason of `signal`. */
  async send<T>(
    signal: AbortSignal,
    request: (signal: AbortSignal) => Promise<T>,
    kind: RequestKind = 'read',
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      if (this.#bucket !== null) await this.#bucket.take(signal);
      signal.throwIfAborted();
      this.#usage.addRequest(kind);
      try {
        return await withinTime(signal, request);
      } catch (fault) {
        signal.throwIfAborted();
        const { triesMax } = this.#options;
        const enough = triesMax !== null && tries >= (isUnknownHost(fault) ? triesUnknownHost : triesMax);
        if (!isRetryable(fault) || enough) throw fault;
        if (tries === triesUntold) this.#onTrouble(fault);
        const pauseMs = Math.min(pauseMsMax, pauseMsFirst * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
        await sleep(retryAfterMs(fault) ?? pauseMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  addBytes(bytes: number): void {
    this.#usage.addBytes(bytes);
  }
}

/** One try, ended where it takes too long. By a timer and a listener: `AbortSignal.any` and `.timeout` are dear for a small blob. */
async function withinTime<T>(signal: AbortSignal, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const abort = () => stop.abort(signal.reason);
  const timer = setTimeout(() => stop.abort(), tryMsMax);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await request(stop.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
