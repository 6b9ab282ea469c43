import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { main } from 'assemblyscript/asc';
import { layoutSource, scannerLayout } from '../src/ingest/decode/scanner-layout.ts';

const root = dirname(createRequire(import.meta.url).resolve('#package'));
const memoryPages = `${scannerLayout.pages}`;
const options = [
  ...['--runtime', 'stub', '--enable', 'simd', '--use', 'abort='],
  ...['--importMemory', '--noExportMemory', '--initialMemory', memoryPages, '--maximumMemory', memoryPages],
];

function readSource(name: string): string | null {
  // The compiler looks for a module under several names.
  if (
    !name.startsWith('assembly/') ||
    !name.endsWith('.ts') ||
    name.endsWith('/index.ts') !== (name === 'assembly/index.ts')
  )
    return null;
  return readFileSync(join(root, name), 'utf8');
}

/**
 * Compiles the AssemblyScript in `assembly/`; its module `layout` is made from the table of columns.
 *
 * @param level of optimisation, 0 to 3: a build that runs once is sooner done without.
 * @param edit changes a source before it is compiled.
 * @throws Error with what the compiler says.
 */
export async function scannerBinary(
  level: 0 | 3,
  edit = (_name: string, source: string) => source,
): Promise<Uint8Array> {
  let binary = new Uint8Array();
  const { error, stderr } = await main(['assembly/index.ts', `-O${level}`, '--outFile', 'scanner.wasm', ...options], {
    readFile(name) {
      if (name === 'assembly/layout.ts') return layoutSource();
      const source = readSource(name);
      return source === null ? null : edit(name, source);
    },
    writeFile(_name, contents) {
      binary = Buffer.from(contents);
    },
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`the scanner does not compile: ${error.message}\n${stderr.toString()}`);
  return binary;
}

/** Writes the compiled scanner of a release to `out`. */
export async function compileScanner(out: string): Promise<void> {
  const binary = await scannerBinary(3);
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, binary);
}
