import { dayMicros } from '../src/core/utc-day.ts';
import type { EventRange } from '../src/detect/run.ts';
import type { SegmentFile } from '../src/store/commit.ts';
import type { BenchOptions, BenchResult } from './bench.ts';
import { commitRowsMax, estateParts, tickSeconds } from './estate-parts.ts';
import { JudgedLake } from './judged-lake.ts';
import { cpuSecondsOf } from './processor-time.ts';
import { median } from './statistics.ts';

/** Of two weeks, all are shown. */
const isShown = (day: number, days: number) => days <= 14 || [1, 2, 10, 20, days].includes(day);
const stepMicros = 300_000_000n;

type Choice = 'posture' | 'window' | 'settled';

const perMillion = (seconds: number, rows: number) => ((seconds * 1e6) / rows).toFixed(2);

/** Event time of the rows of some segments, from the first to the last. */
function spanOf(segments: readonly SegmentFile[]): EventRange {
  const since = segments.reduce((min, { minTime }) => (minTime < min ? minTime : min), segments[0]?.minTime ?? 0n);
  const until = segments.reduce((max, { maxTime }) => (maxTime > max ? maxTime : max), 0n) + 1n;
  return { since, until };
}

const midnightAfter = (micros: bigint) => (micros / dayMicros + 1n) * dayMicros;

/** CPU-seconds of runs of a live ingest, which judge what came since the run before. */
class LiveRuns {
  readonly #lake: JudgedLake;
  readonly costs: Record<Choice, number[]> = { posture: [], window: [], settled: [] };
  rows = 0;
  #settledUntil: bigint;

  constructor(lake: JudgedLake, settledUntil: bigint) {
    this.#lake = lake;
    this.#settledUntil = settledUntil;
  }

  async run(segments: readonly SegmentFile[]): Promise<void> {
    const { since, until } = spanOf(segments);
    this.rows += segments.reduce((sum, { rows }) => sum + rows, 0);
    for (const choice of ['posture', 'window'] as const) await this.#judge(choice, { since, until });
    if (until < this.#settledUntil + stepMicros) return;
    await this.#judge('settled', { since: this.#settledUntil, until });
    this.#settledUntil = until;
  }

  async #judge(choice: Choice, range: EventRange): Promise<void> {
    const run = () => this.#lake.detector.evaluate({ ...range, choice, final: false, standing: true });
    this.costs[choice].push(await cpuSecondsOf(run));
  }

  /** CPU-seconds of all runs for a second of the log. */
  get share(): number {
    const sum = Object.values(this.costs)
      .flat()
      .reduce((total, seconds) => total + seconds, 0);
    return sum / (this.costs.posture.length * tickSeconds);
  }
}

/**
 * What judging a day costs as the lake grows: all rules over each day once, beside what writing the day into the lake costs;
 * and then what a live ingest pays, which runs rules every five seconds.
 */
export async function detectBench({ rows, days, note }: BenchOptions): Promise<BenchResult> {
  const lake = await JudgedLake.open(commitRowsMax);
  const { detector } = lake;
  const table: string[][] = [];
  const sum = { rows: 0, judging: 0, writing: 0 };
  let segments: SegmentFile[] = [];
  let live: LiveRuns | null = null;
  try {
    for (const { records, day, endsDay, isLive } of estateParts(rows, days)) {
      const written = await lake.write(records);
      if (isLive) {
        live ??= await liveAfter(lake, spanOf(segments));
        await live.run(written);
        continue;
      }
      segments.push(...written);
      if (!endsDay) continue;
      const { since } = spanOf(segments);
      const judging = await cpuSecondsOf(() =>
        detector.evaluate({ since, until: midnightAfter(since), final: true, standing: true }),
      );
      const dayRows = segments.reduce((total, file) => total + file.rows, 0);
      const writing = lake.written - sum.writing;
      note(`day ${day}: ${dayRows} rows, ${judging.toFixed(2)} CPU-s`);
      if (isShown(day, days))
        table.push([
          String(day),
          dayRows.toLocaleString('en'),
          perMillion(writing, dayRows),
          judging.toFixed(2),
          perMillion(judging, dayRows),
        ]);
      Object.assign(sum, { rows: sum.rows + dayRows, judging: sum.judging + judging, writing: lake.written });
      segments = [];
    }
  } finally {
    await lake.remove();
  }
  return {
    title: `detect, ${days} days: what judging a day costs as the lake grows`,
    parts: [
      `\`estate\`, seed 1, ${rows.toLocaleString('en')} rows over ${days} days, written into the lake day by day; after each day ` +
        'all rules judge it.',
      [['day', 'rows', 'written, per 1 M rows', 'all rules CPU-s', 'per 1 M rows'], ...table],
      `All days together: ${perMillion(sum.judging, sum.rows)} CPU-s per 1 M rows, beside ${perMillion(sum.writing, sum.rows)} for ` +
        'writing them. CPU is user and system time of all threads. The first day includes opening the workspace. A part of a run ' +
        'costs the same however few rows it judges: compare sizes with `--rows` and `--days`. The process, which also generates and writes the ' +
        `rows, had ${Math.round(process.resourceUsage().maxRSS / 1024).toLocaleString('en')} MB at its peak.`,
      ...(live === null ? [] : liveParts(live)),
    ],
  };
}

/** The runs of a live ingest that goes on from here. @param today what came of the day so far. */
async function liveAfter(lake: JudgedLake, today: EventRange): Promise<LiveRuns> {
  await lake.detector.evaluate({ ...today, choice: 'settled', final: false, standing: true });
  return new LiveRuns(lake, today.until);
}

function liveParts({ costs, rows, share }: LiveRuns): (string | string[][])[] {
  const { posture } = costs;
  const row = (choice: Choice) => [
    choice,
    String(costs[choice].length),
    median(costs[choice]).toFixed(3),
    Math.max(...costs[choice]).toFixed(3),
  ];
  return [
    `The same lake at noon of the day after, as a live ingest fills it: a commit of what came in ${tickSeconds} seconds ` +
      `(${Math.round(rows / posture.length)} rows), then posture and window rules, and every five minutes all that need not wait ` +
      'for the end of the day (settled).',
    [['run', 'runs', 'CPU-s, median', 'largest'], ...(['posture', 'window', 'settled'] as const).map(row)],
    `Together ${(share * 100).toFixed(1)} % of a core while it lasts.`,
  ];
}
