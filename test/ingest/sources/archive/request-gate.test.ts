import { afterEach, describe, expect, it, vi } from 'vitest';
import { RequestGate } from '../../../../src/ingest/sources/archive/request-gate.ts';
import { UsageCounter } from '../../../../src/ingest/sources/archive/usage.ts';

/** A request that nobody answers: ends as the SDK's do, when its signal aborts. */
const silent = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });

function gateOf(triesMax: number) {
  const usage = new UsageCounter();
  return { usage, gate: new RequestGate({ requestsPerSecond: null, triesMax }, usage) };
}

describe('a request through the gate', () => {
  afterEach(() => vi.useRealTimers());

  it('is given up after a minute of silence and asked again, with a signal of its own', async () => {
    vi.useFakeTimers();
    const { gate, usage } = gateOf(3);
    const signals: AbortSignal[] = [];
    const answer = gate.send(new AbortController().signal, (signal) => {
      signals.push(signal);
      return signals.length === 1 ? silent(signal) : Promise.resolve('answer');
    });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(signals.length).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await answer).toBe('answer');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(usage.usage.requests).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with the reason of whoever stops it, and is not tried again', async () => {
    const { gate, usage } = gateOf(3);
    const stop = new AbortController();
    const answer = gate.send(stop.signal, (signal) => {
      queueMicrotask(() => stop.abort(new Error('enough')));
      return silent(signal);
    });
    await expect(answer).rejects.toThrow('enough');
    await expect(gate.send(stop.signal, silent)).rejects.toThrow('enough');
    expect(usage.usage.requests).toBe(1);
  });
});
