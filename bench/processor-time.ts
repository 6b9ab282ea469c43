import { readFileSync } from 'node:fs';
import { cpuUsage, pid, platform } from 'node:process';

const ticksPerSecond = 100;

/**
 * The sum of two neighbouring times of a `stat` file, the first being field `field` as the manual counts; they are looked
 * for behind the program's name, which may itself hold blanks. Null where there is no such file.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function statSeconds(path: string, field: number): number | null {
  if (platform !== 'linux') return null;
  const stat = readFileSync(path, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[field - 3]) + Number(fields[field - 2])) / ticksPerSecond;
}

/** User and system time of all children that have ended. */
export function endedChildrenCpuS(): number | null {
  return statSeconds('/proc/self/stat', 16);
}

/** User and system time of the main thread alone. */
export function mainThreadCpuS(): number | null {
  return statSeconds(`/proc/self/task/${pid}/stat`, 14);
}

/** User and system time of all threads of this process that a step took. */
export async function cpuSecondsOf(step: () => Promise<unknown>): Promise<number> {
  const before = cpuUsage();
  await step();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1e6;
}
