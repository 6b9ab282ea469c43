import { describe, expect, it } from 'vitest';
import { limits } from '../../../../src/core/limits.ts';
import { RangeBuffers } from '../../../../src/ingest/sources/archive/range-buffers.ts';

describe('buffers of ranges', () => {
  it('are as long as asked for, and used again only once given back', () => {
    const buffers = new RangeBuffers();
    const first = buffers.take(limits.readBytes);
    const second = buffers.take(1 << 20);
    expect([first.length, second.length]).toEqual([limits.readBytes, 1 << 20]);
    expect(second.buffer).not.toBe(first.buffer);
    buffers.give(second);
    const again = buffers.take(limits.readBytes);
    expect(again.buffer).toBe(second.buffer);
    expect(again.length).toBe(limits.readBytes);
  });

  it('of a few bytes are not kept: they may be part of what others use', () => {
    const buffers = new RangeBuffers();
    const small = buffers.take(100);
    buffers.give(small);
    const large = buffers.take(limits.readBytes);
    expect(small.length).toBe(100);
    expect(large.buffer).not.toBe(small.buffer);
    expect(large.buffer.byteLength).toBe(limits.readBytes);
  });
});
