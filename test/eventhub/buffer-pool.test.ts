import { expect, it } from 'vitest';
import { BufferPool } from '../../src/eventhub/buffer-pool.ts';

it('hands a buffer to one holder at a time, and again when it is given back', () => {
  const pool = new BufferPool();
  const [first, second] = [pool.take(), pool.take()];
  expect(first).not.toBe(second);
  pool.give(first);
  expect(pool.take()).toBe(first);
  expect(pool.take()).not.toBe(second);
});
