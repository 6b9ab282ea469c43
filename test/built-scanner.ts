import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileScanner } from '../build/compile-scanner.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = `${root}dist/assembly/scanner.wasm`;

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function filesOf(folder: string): string[] {
  return readdirSync(`${root}${folder}`).map((name) => `${root}${folder}/${name}`);
}

/** Before all tests: compiles the scanner if its sources, or what its layout is made from, are newer than the built one. */
export default async function builtScanner(): Promise<void> {
  const sources = ['assembly', 'build', 'src/core', 'src/ingest/decode'].flatMap(filesOf);
  if (modified(out) <= Math.max(...sources.map(modified))) await compileScanner(out);
}
