import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { deliveries, type FileRange } from '../../../src/ingest/sources/file.ts';
import { endOfStream } from '../../../src/ingest/sources/range-mark.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saswatch-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

const range = (path: string, change: Partial<FileRange> = {}): FileRange => ({
  kind: 'file',
  path,
  partition: `${path}#0`,
  version: '1',
  start: 0,
  end: null,
  from: 0,
  tail: 'leave',
  ...change,
});

async function read(from: FileRange, readBytes: number = limits.readBytes) {
  const taken: { text: string; from: number; to: number; fault: string | undefined; token: string | undefined }[] = [];
  for await (const delivery of deliveries(from, new AbortController().signal, Buffer.alloc(readBytes))) {
    taken.push({
      text: Buffer.from(delivery.bytes).toString('utf8'),
      from: Number(delivery.from.offset),
      to: Number(delivery.to.offset),
      fault: delivery.fault,
      token: delivery.to.token,
    });
  }
  return taken;
}

const record = (n: number | string) => JSON.stringify({ operationName: 'GetBlob', n });

describe('ranges of a file', () => {
  it('give each line to exactly one range, whatever the ranges and the read size', async () => {
    const path = join(folder, 'ranges.json');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 200, unit: 'binary' }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 30, max: 2_000 }),
        fc.integer({ min: 64, max: 4_096 }),
        fc.constantFrom('\n', '\r\n'),
        async (texts, rangeBytes, readBytes, lineEnd) => {
          const lines = texts.map(record);
          const bytes = Buffer.from(lines.map((line) => line + lineEnd).join(''));
          await writeFile(path, bytes);
          const found: string[] = [];
          for (let start = 0; start < bytes.length; start += rangeBytes) {
            const taken = await read(range(path, { start, end: start + rangeBytes, from: start }), readBytes);
            for (const [index, { from }] of taken.entries())
              expect(from).toBe(index === 0 ? start : taken[index - 1]?.to);
            found.push(...taken.flatMap(({ text }) => text.split(lineEnd).slice(0, -1)));
          }
          expect(found).toEqual(lines);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('leave half a record at the end of a growing file and take it once it is whole', async () => {
    const path = join(folder, 'growing.json');
    await writeFile(path, `${record(1)}\n${record(2).slice(0, 9)}`);
    const first = await read(range(path));
    expect(first.map(({ text }) => text)).toEqual([`${record(1)}\n`]);
    await appendFile(path, `${record(2).slice(9)}\n`);
    expect((await read(range(path, { from: first[0]!.to }))).map(({ text }) => text)).toEqual([`${record(2)}\n`]);
  });

  it('take a whole last record that has no line feed', async () => {
    const path = join(folder, 'unterminated.json');
    await writeFile(path, `${record(1)}\n${record(2)}`);
    expect((await read(range(path))).map(({ text }) => text).join('')).toBe(`${record(1)}\n${record(2)}`);
  });

  it('take half a last record of an archive, which will not grow, for the quarantine', async () => {
    const path = join(folder, 'archive.json');
    await writeFile(path, `${record(1)}\n${record(2).slice(0, 9)}`);
    expect((await read(range(path, { tail: 'take' }))).at(-1)?.text).toBe(record(2).slice(0, 9));
  });

  it('skip a line longer than any record, say so, and go on behind it', async () => {
    const path = join(folder, 'oversize.json');
    await writeFile(
      path,
      `${record(1)}\n${record('x'.repeat(limits.recordBytesMax + limits.readBytes))}\n${record(3)}\n`,
    );
    const taken = await read(range(path));
    expect(taken.map(({ text }) => text).join('')).toBe(`${record(1)}\n${record(3)}\n`);
    expect(taken.map(({ fault }) => fault).filter(Boolean)).toEqual([
      expect.stringMatching(/^longer than 1048576 bytes: skipped/),
    ]);
  });

  it('tell the end of a gzip, so that it is not read again', async () => {
    const path = join(folder, 'whole.json.gz');
    await writeFile(path, gzipSync(`${record(1)}\n`));
    expect((await read(range(path))).at(-1)).toMatchObject({ token: endOfStream, fault: undefined });
  });

  it('take what a truncated gzip still gives and name the break', async () => {
    const path = join(folder, 'truncated.json.gz');
    const lines = Array.from({ length: 4_000 }, (_, n) => record(`${n} ${(n * 2654435761) % 4294967296}`)).join('\n');
    await writeFile(path, gzipSync(lines));
    await truncate(path, 20_000);
    const taken = await read(range(path));
    expect(taken.length).toBeGreaterThan(1);
    expect(taken.at(-1)?.fault).toMatch(/^broken gzip after \d+ bytes: unexpected end of file/);
    expect(lines.startsWith(taken.map(({ text }) => text).join(''))).toBe(true);
  });

  it('refuse a gzip bomb', async () => {
    const path = join(folder, 'bomb.json.gz');
    await writeFile(path, gzipSync(`${record(1)}\n${' '.repeat(200 << 20)}`, { level: 9 }));
    expect((await read(range(path))).at(-1)?.fault).toMatch(/refused as a bomb/);
  });

  it('name a file that is no log instead of reading it', async () => {
    const path = join(folder, 'other.json');
    await writeFile(path, '{"name":"something else"}');
    expect(await read(range(path))).toEqual([
      { text: '', from: 0, to: 0, fault: expect.stringMatching(/^not a log/), token: undefined },
    ]);
  });
});
