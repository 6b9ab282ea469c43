import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { endedChildrenCpuS } from './processor-time.ts';

/** What a measured program says about itself in its last line of output. */
const summarySchema = z.object({
  rows: z.int(),
  /** User and system time of every thread, from when the program began its work. */
  cpu_s: z.number(),
  wall_s: z.number(),
  peak_rss_bytes: z.number(),
  /** User and system time of the main thread alone, from its start. */
  main_thread_cpu_s: z.number().nullable().default(null),
  /** Of cpu_s, the last run of the rules. */
  judging_cpu_s: z.number().default(0),
  /** From files and pipes, from when the program began its work. */
  bytes_read: z.number().nullable().default(null),
  /** Of a million rows once the program was warm. */
  warm_cpu_s_per_million: z.number().nullable().default(null),
});

export interface ChildRun {
  readonly rows: number;
  readonly cpuS: number;
  readonly wallS: number;
  readonly peakRssBytes: number;
  readonly mainThreadCpuS: number | null;
  /** Of `cpuS`, what running the rules took; 0 where none run. */
  readonly judgingCpuS: number;
  readonly bytesRead: number | null;
  /** Of a million rows once the program was warm; null where it does not say. */
  readonly warmCpuS: number | null;
  /** User and system time by the system's books, start of Node and all; null where they cannot be read. */
  readonly processCpuS: number | null;
}

/** The environment without anything that configures saswatch. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SASWATCH_')));
}

/**
 * Runs a Node program to its end; one at a time, or their times mix.
 *
 * @param cwd working folder; an empty one, so that no configuration file is found by chance.
 * @param flags of Node itself.
 * @param env settings of the program.
 * @throws Error with the program's stderr, if it fails or its last line is no summary.
 */
export async function runChild(
  script: URL,
  args: readonly string[],
  cwd: string,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<ChildRun> {
  const before = endedChildrenCpuS();
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script.pathname, ...args], {
    cwd,
    env: { ...plainEnvironment(), ...env },
    maxBuffer: 64 << 20,
  });
  const after = endedChildrenCpuS();
  const summary = summarySchema.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
  const processCpuS = before === null || after === null ? null : after - before;
  return {
    rows: summary.rows,
    cpuS: summary.cpu_s,
    wallS: summary.wall_s,
    peakRssBytes: summary.peak_rss_bytes,
    mainThreadCpuS: summary.main_thread_cpu_s,
    judgingCpuS: summary.judging_cpu_s,
    bytesRead: summary.bytes_read,
    warmCpuS: summary.warm_cpu_s_per_million,
    processCpuS,
  };
}
