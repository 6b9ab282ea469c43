import { extname } from 'node:path';

/** The running file's own extension tells whether sources (tsx, vitest) or the built package run. */
const extension = extname(new URL(import.meta.url).pathname);

/** Where a worker thread starts and what Node needs to load it: a worker does not inherit the tsx loader. */
export function workerEntry(name: 'lane'): { filename: string; execArgv: string[] } {
  return {
    filename: new URL(`../../workers/${name}${extension}`, import.meta.url).href,
    execArgv: extension === '.ts' ? ['--import', 'tsx'] : [],
  };
}
