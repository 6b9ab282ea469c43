import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { promisify } from 'node:util';
import { z } from 'zod';

/** What a measured program says about itself in its last line of output. */
const summarySchema = z.object({
  rows: z.int(),
  /** User and system time of every thread, from when the program began its work. */
  cpu_s: z.number(),
  wall_s: z.number(),
  peak_rss_bytes: z.number(),
});

export interface ChildRun {
  readonly rows: number;
  readonly cpuS: number;
  readonly wallS: number;
  readonly peakRssBytes: number;
  /** User and system time by the system's books, start of Node and all; null where they cannot be read. */
  readonly processCpuS: number | null;
}

const ticksPerSecond = 100;

/**
 * User and system time of all children that have ended: fields 16 and 17 of `/proc/self/stat`, counted behind the
 * program's name, which may itself hold blanks.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function endedChildrenCpuS(): number | null {
  if (platform() !== 'linux') return null;
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

/** The environment without anything that configures saswatch. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SASWATCH_')));
}

/**
 * Runs a Node program to its end; one at a time, or their times mix.
 *
 * @param cwd working folder; an empty one, so that no configuration file is found by chance.
 * @throws Error with the program's stderr, if it fails or its last line is no summary.
 */
export async function runChild(script: URL, args: readonly string[], cwd: string): Promise<ChildRun> {
  const before = endedChildrenCpuS();
  const { stdout } = await promisify(execFile)(process.execPath, [script.pathname, ...args], {
    cwd,
    env: plainEnvironment(),
    maxBuffer: 64 << 20,
  });
  const after = endedChildrenCpuS();
  const { rows, cpu_s, wall_s, peak_rss_bytes } = summarySchema.parse(
    JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''),
  );
  const processCpuS = before === null || after === null ? null : after - before;
  return { rows, cpuS: cpu_s, wallS: wall_s, peakRssBytes: peak_rss_bytes, processCpuS };
}
