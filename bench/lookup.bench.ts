import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '../src/core/duckdb.ts';
import type { BenchOptions, BenchResult } from './bench.ts';
import { type ChildRun, runChild } from './child-run.ts';
import { median } from './statistics.ts';
import { addHours, tokenNames } from './token-lake.ts';

const program = new URL('./lookup-program.js', import.meta.url);
const rowsPerHourMax = 4_000_000;
/** Hours of the whole lake, and of the part measured first, unless hours would be too large. */
const hoursMin = 25;
const smallShare = 0.1;
const extrapolatedTo = 1_000_000_000;
/** Of the larger lake: from smaller ones on, a straight line that far ahead tells the noise only. */
const extrapolatedFrom = 10_000_000;

/** What one way to look a token up cost, medians over the rounds. */
interface Cost {
  readonly rows: number;
  readonly cpuS: number;
  readonly megabytes: number;
  readonly processCpuS: number;
}

async function tokensByName(): Promise<Map<string, string>> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const tokens = new Map<string, string>();
  for (const [kind, name] of Object.entries(tokenNames)) {
    tokens.set(kind, String((await connection.runAndReadAll('SELECT hash($1::VARCHAR)', [name])).getRows()[0]?.[0]));
  }
  instance.closeSync();
  return tokens;
}

async function costOf(args: readonly string[], folder: string, rounds: number): Promise<Cost> {
  const runs: ChildRun[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await runChild(program, args, folder));
  const of = (value: (run: ChildRun) => number | null) => median(runs.map((run) => value(run) ?? Number.NaN));
  return {
    rows: of((run) => run.rows),
    cpuS: of((run) => run.cpuS),
    megabytes: of((run) => run.bytesRead) / 1e6,
    processCpuS: of((run) => run.processCpuS),
  };
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** CPU and bytes of looking a token up in a fresh process, how they grow with the lake, and where that leads. */
export async function lookupBench({ rows, rounds, note }: BenchOptions): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'saswatch-bench-'));
  const dataDir = join(folder, 'data');
  const rowsPerHour = Math.min(rowsPerHourMax, Math.ceil(rows / hoursMin));
  const hours = Math.round(rows / rowsPerHour);
  const fewHours = Math.max(1, Math.round(hours * smallShare));
  try {
    const tokens = await tokensByName();
    const ways = ['rollups', 'log'].flatMap((way) => [...tokens].map(([kind, token]) => ({ way, kind, token })));
    const measure = async () => {
      const costs: Cost[] = [];
      for (const { way, token } of ways) costs.push(await costOf([way, dataDir, token], folder, rounds));
      return costs;
    };
    note(`makes ${number(fewHours * rowsPerHour)} rows in ${fewHours} hours`);
    await addHours(dataDir, 0, fewHours, rowsPerHour);
    const nothing = await costOf(['nothing'], folder, rounds);
    const few = await measure();
    note(`makes ${number(hours * rowsPerHour)} rows in ${hours} hours`);
    await addHours(dataDir, fewHours, hours, rowsPerHour);
    const all = await measure();

    const name = (count: number) => `${number(count / 1e6)} M`;
    const [small, large] = [fewHours * rowsPerHour, hours * rowsPerHour];
    const goesOn = large >= extrapolatedFrom;
    const lines = ways.map(({ way, kind }, index): string[] => {
      const [a, b] = [few[index] ?? nothing, all[index] ?? nothing];
      // From 16 hours on there is a directory: what a larger lake costs less does not go on falling.
      const later = (value: (cost: Cost) => number) =>
        value(b) + (Math.max(0, value(b) - value(a)) * (extrapolatedTo - large)) / (large - small);
      return [
        `${kind}, ${way === 'log' ? 'log files alone' : 'rollups first'}`,
        ...[a, b].flatMap((cost) => [number(cost.rows), cost.cpuS.toFixed(3), cost.megabytes.toFixed(1)]),
        ...(goesOn ? [later(({ cpuS }) => cpuS).toFixed(2), number(later(({ megabytes }) => megabytes))] : []),
      ];
    });
    const sizes = [name(small), name(large)];
    return {
      title: 'lookup: one token in a lake',
      parts: [
        `Generated rows in compacted hours of ${number(rowsPerHour)} rows: ${fewHours} hours, then ${hours}. A process of its own looks one ` +
          'token up and says how often, from how many addresses, for how many objects and bytes, and when first and last; ' +
          `medians of ${rounds}. CPU-s and MB are from the call on: a process that opens an empty DuckDB and does nothing costs ` +
          `${nothing.cpuS.toFixed(3)} CPU-s counted so, and ${nothing.processCpuS.toFixed(2)} with Node's own start. The files are in the system's cache.`,
        [
          [
            '',
            ...sizes.flatMap((size) => [`rows of ${size}`, 'CPU-s', 'MB read']),
            ...(goesOn ? [`CPU-s at ${name(extrapolatedTo)}`, 'MB'] : []),
          ],
          ...lines,
        ],
        `Absent: in no hour. Rare: a quarter of an hour. Steady: 40 rows in every hour. Hot: three rows of a hundred. ` +
          '`rollups first` is what `saswatch token show` does, with a token directory from 16 hours on; `log files alone` is DuckDB with a plain WHERE over the same files, ' +
          'its bloom filters and statistics.' +
          (goesOn
            ? ' The last two columns go on from both sizes in a straight line, or stay where the larger lake costs less.'
            : ` A lake of ${name(extrapolatedFrom)} rows or more tells what a larger one costs.`),
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
