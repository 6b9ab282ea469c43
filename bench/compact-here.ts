import { limits } from '../src/core/limits.ts';
import type { Catalog } from '../src/store/catalog.ts';
import { compactLake } from '../src/store/compactor.ts';
import { runStepHere } from '../src/store/step-runner.ts';

/** Compacts all there is, at full speed and in this thread, so that its time is this process's. */
export function compactHere(catalog: Catalog, dataDir: string) {
  return compactLake(catalog, dataDir, {
    policy: 'full',
    until: null,
    rowsMax: limits.compactionRowsMax,
    segmentsMax: limits.compactionSegmentsMax,
    hourRowsMax: limits.hourFileRowsMax,
    onlyGain: false,
    splitSparse: true,
    retainedFrom: null,
    cpuShareMax: 1,
    signal: new AbortController().signal,
    runner: { run: runStepHere, stop: () => {} },
  });
}
