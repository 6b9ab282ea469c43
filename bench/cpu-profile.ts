import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** @see https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.int(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
      children: z.array(z.int()).optional(),
    }),
  ),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
});

type Profile = z.infer<typeof profileSchema>;
type CallFrame = Profile['nodes'][number]['callFrame'];

/** What a JavaScript thread does where nothing else is said: waiting, which costs nothing. */
const idle = '(idle)';

/** The phase of the innermost caller that has one. */
function phaseWithin({ functionName, url }: CallFrame, caller: string, phases: Phases): string {
  if (functionName === idle || functionName === '(program)') return functionName;
  if (functionName === '(garbage collector)') return 'garbage collection';
  return phases.find(([, place]) => place.test(`${url} ${functionName}`))?.[0] ?? caller;
}

/**
 * Names of phases and the functions that, with everything they call, belong to each, as `<address of the file> <name>`; the
 * first that fits counts.
 */
export type Phases = readonly (readonly [phase: string, functions: RegExp])[];

function secondsByPhase({ nodes, samples, timeDeltas }: Profile, phases: Phases): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const phaseOf = new Map<number, string>();
  const walk = (id: number, caller: string) => {
    const node = byId.get(id);
    if (node === undefined) return;
    const phase = phaseWithin(node.callFrame, caller, phases);
    phaseOf.set(id, phase);
    for (const child of node.children ?? []) walk(child, phase);
  };
  const [root] = nodes;
  if (root !== undefined) walk(root.id, 'start-up and rest of JavaScript');
  const seconds = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const phase = phaseOf.get(id) ?? idle;
    seconds.set(phase, (seconds.get(phase) ?? 0) + Math.max(0, timeDeltas[index] ?? 0) / 1e6);
  }
  seconds.delete(idle);
  return seconds;
}

/**
 * Seconds by the clock that JavaScript spent in each phase, by all profiles in a folder (`node --cpu-prof`). Time in which a
 * thread was ready to run but had no processor counts too.
 */
export async function profiledSeconds(folder: string, phases: Phases): Promise<Map<string, number>> {
  const total = new Map<string, number>();
  for (const name of await readdir(folder)) {
    const profile = profileSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8')));
    for (const [phase, seconds] of secondsByPhase(profile, phases)) {
      total.set(phase, (total.get(phase) ?? 0) + seconds);
    }
  }
  return total;
}
