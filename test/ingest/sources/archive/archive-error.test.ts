import { AggregateAuthenticationError } from '@azure/identity';
import { expect, it } from 'vitest';
import { archiveError, isRetryable } from '../../../../src/ingest/sources/archive/archive-error.ts';

it('no identity at hand is told at once, with what may be set instead', () => {
  const fault = new AggregateAuthenticationError([new Error('Azure CLI not found')], 'ChainedTokenCredential failed');
  expect(isRetryable(fault)).toBe(false);
  const { code, message } = archiveError('az://logs/insights-logs-storageread', fault);
  expect(code).toBe('SOURCE_AUTH');
  expect(message).toMatch(/^Cannot read az:\/\/logs\/insights-logs-storageread: no Azure identity is at hand/);
  expect(message).toContain('SASWATCH_ARCHIVE__SAS');
});
