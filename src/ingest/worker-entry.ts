import { extname } from 'node:path';
import type { SourceAssignment } from './sources/assignment.ts';

/** The running file's own extension tells whether sources (tsx, vitest) or the built package run. */
const extension = extname(new URL(import.meta.url).pathname);

/**
 * Where a lane starts: each kind of source has a module of its own, since Azure's SDKs cost a thread 30 MB and half a
 * CPU-second.
 */
export function laneModule(kind: SourceAssignment['kind']): string {
  return new URL(`../../workers/${kind}${extension}`, import.meta.url).href;
}

/** What Node needs to load it: a worker does not inherit the tsx loader. */
export const workerFlags: readonly string[] = extension === '.ts' ? ['--import', 'tsx'] : [];
