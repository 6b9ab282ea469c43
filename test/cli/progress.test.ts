import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';

function recording(tty: boolean, quiet = false) {
  let text = '';
  const stderr = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const progress = createProgress({ stderr, isTTY: { stdout: tty, stderr: tty } }, quiet);
  return { progress, written: () => text };
}

describe('createProgress', () => {
  it('draws nothing where stderr is no terminal, yet keeps the notes', () => {
    const { progress, written } = recording(false);
    progress.update('5 rows');
    progress.note('reading 1 file');
    progress.end();
    expect(written()).toBe('reading 1 file\n');
  });

  it('draws one line over and over, notes above it, and clears it at the end', () => {
    const { progress, written } = recording(true);
    progress.update('5 rows');
    progress.note('found one');
    progress.end();
    expect(written()).toContain('5 rows');
    expect(written()).toContain('found one\n');
    expect(written().endsWith('\r\u001b[2K')).toBe(true);
  });

  it('says nothing when quiet', () => {
    const { progress, written } = recording(true, true);
    progress.update('5 rows');
    progress.note('note');
    progress.end();
    expect(written()).toBe('');
  });

  it('lets colours through, and nothing else that acts on a terminal', () => {
    const { progress, written } = recording(false);
    progress.note('\u001b[31mred\u001b[39m \u001b]0;owned\u0007\u001b[2J');
    expect(written()).toBe('\u001b[31mred\u001b[39m ·]0;owned··[2J\n');
  });
});
