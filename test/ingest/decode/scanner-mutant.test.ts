import { expect, it } from 'vitest';
import { scannerBinary } from '../../../build/compile-scanner.ts';
import { directedLines } from './classic-lines.ts';
import { directedRecords } from './directed-records.ts';
import { mutants } from './scanner-mutants.ts';
import { Twins } from './scanner-twin.ts';

/** The scanner with one place in one source changed. */
async function mutated(file: string, from: string, to: string): Promise<WebAssembly.Module> {
  const binary = await scannerBinary(0, (name, source) => {
    if (name !== `assembly/${file}`) return source;
    expect(source.split(from).length, `${from} stands once in ${file}`).toBe(2);
    return source.replace(from, () => to);
  });
  return new WebAssembly.Module(binary);
}

function feed(twins: Twins, name: string, count?: number): void {
  const lines = directedLines.get(name)?.();
  if (lines !== undefined) twins.feedAll(lines.slice(0, count), ['classic']);
  else twins.feedAll(directedRecords.get(name)?.().slice(0, count) ?? []);
}

it('finds no fault in the sources as they are, built as mutants are', async () => {
  const twins = new Twins(4 * 1024, new WebAssembly.Module(await scannerBinary(0)));
  for (const name of new Set(mutants.map(({ killedBy }) => killedBy))) feed(twins, name, 300);
  expect(twins.scanner.rows).toBe(0);
});

it.each(mutants)('finds $fault', async ({ file, from, to, killedBy }) => {
  const twins = new Twins(4 * 1024, await mutated(file, from, to));
  expect(() => feed(twins, killedBy)).toThrow();
});
