import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { closeOrLeave } from '../../../src/ingest/sources/event-hubs-client.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('leaves a client whose connection breaks amid closing, which never says so', async () => {
  const left = closeOrLeave({ close: () => new Promise(() => {}) });
  await vi.runAllTimersAsync();
  expect(await left).toBeUndefined();
});

it('is done when all are closed or have failed to, and leaves no timer behind', async () => {
  const closed: string[] = [];
  await closeOrLeave(
    { close: () => Promise.reject(new Error('gone')) },
    {
      close: async () => {
        closed.push('second');
      },
    },
  );
  expect(closed).toEqual(['second']);
  expect(vi.getTimerCount()).toBe(0);
});
