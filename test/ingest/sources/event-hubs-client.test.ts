import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { closeOrLeave, hubError } from '../../../src/ingest/sources/event-hubs-client.ts';

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

it('says that no identity is at hand, not that the namespace is silent', () => {
  const cause = new AggregateError([new Error('ChainedTokenCredential failed.\nCredentialUnavailableError: no CLI')]);
  const connection = {
    ...{ eventHubName: 'reads', consumerGroup: '$Default', connectionString: null },
    fullyQualifiedNamespace: 'logs.servicebus.windows.net',
  };
  const { code, message } = hubError(connection, cause);
  expect(code).toBe('SOURCE_AUTH');
  expect(message).toBe(
    'Cannot read Event Hubs hub reads in logs.servicebus.windows.net: no Azure identity is at hand; sign in with the Azure CLI, or set SASWATCH_EVENTHUBS__CONNECTION_STRING.',
  );
});
