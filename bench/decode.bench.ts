import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, BenchResult, Rows } from './bench.ts';
import { type ChildRun, runChild } from './child-run.ts';
import { type FormName, writeForms } from './decode-dataset.ts';
import { median, spread } from './statistics.ts';

const program = new URL('./decode-program.js', import.meta.url);
const roundsMin = 5;

/** A way to decode one of the files. */
interface Contender {
  readonly name: string;
  readonly program: string;
  readonly form: FormName;
}

const scanner = { name: 'scanner', program: 'scanner', form: 'plain.ndjson' } as const;
const copying = { name: 'scanner, columns copied out', program: 'scanner-copy', form: 'plain.ndjson' } as const;
const peers: readonly Contender[] = [
  { name: 'reference decoder', program: 'reference', form: 'plain.ndjson' },
  { name: 'JSON.parse alone', program: 'json-parse', form: 'plain.ndjson' },
  { name: 'DuckDB read_json, typed', program: 'read-json', form: 'plain.ndjson' },
];
const odd: readonly Contender[] = [
  { name: 'keys in any order', program: 'scanner', form: 'shuffled.ndjson' },
  { name: 'another query in every record', program: 'scanner', form: 'queries.ndjson' },
  { name: '1 % malformed', program: 'scanner', form: 'malformed.ndjson' },
  { name: 'another user agent in every record', program: 'scanner', form: 'agents.ndjson' },
  { name: 'another SAS in every record', program: 'scanner', form: 'grants.ndjson' },
];
const classicFast = { name: '`$logs`, scanner', program: 'scanner', form: 'classic.log' } as const;
const classicPlain = { name: '`$logs`, reference decoder', program: 'reference', form: 'classic.log' } as const;
const contenders: readonly Contender[] = [scanner, copying, ...peers, ...odd, classicFast, classicPlain];

/** CPU-seconds per million rows of each contender, one a round. */
type Costs = ReadonlyMap<Contender, number[]>;

async function measure(root: string, rows: number, rounds: number, note: (text: string) => void): Promise<Costs> {
  const costs = new Map(contenders.map((contender) => [contender, [] as number[]]));
  for (let round = 1; round <= rounds; round++) {
    for (const contender of round % 2 === 1 ? contenders : contenders.toReversed()) {
      const file = join(root, contender.form);
      const { cpuS, rows: measured }: ChildRun = await runChild(program, [contender.program, file, String(rows)], root);
      const cost = (cpuS * 1e6) / measured;
      costs.get(contender)?.push(cost);
      note(`round ${round} of ${rounds}: ${contender.name} ${cost.toFixed(2)} CPU-s per 1 M rows`);
    }
  }
  return costs;
}

/** Median of the ratios within a round. */
function times(costs: Costs, one: Contender, other: Contender): string {
  const others = costs.get(other) ?? [];
  return median((costs.get(one) ?? []).map((cost, round) => cost / (others[round] ?? Number.NaN))).toFixed(2);
}

function table(
  costs: Costs,
  bytesPerRow: (form: FormName) => number,
  lines: readonly Contender[],
  bases: readonly Contender[],
): Rows {
  return [
    ['', 'CPU-s per 1 M rows', 'MB/s per core', ...bases.map(({ name }) => `times ${name}`)],
    ...lines.map((contender) => {
      const samples = costs.get(contender) ?? [];
      return [
        contender.name,
        spread(samples, 2),
        (bytesPerRow(contender.form) / median(samples)).toFixed(0),
        ...bases.map((base) => times(costs, contender, base)),
      ];
    }),
  ];
}

/** Log bytes to typed columns in one core: the scanner, its plain twin and what parses JSON elsewhere, on plain and on odd records. */
export async function decodeBench({ rows, rounds: asked, note }: BenchOptions): Promise<BenchResult> {
  const rounds = Math.max(asked, roundsMin);
  const root = await mkdtemp(join(tmpdir(), 'saswatch-bench-'));
  try {
    note(`generating ${rows.toLocaleString('en')} rows in ${root}`);
    writeForms(root, rows);
    const forms = [...new Set(contenders.map(({ form }) => form))];
    const sizes = await Promise.all(forms.map(async (form) => [form, (await stat(join(root, form))).size] as const));
    const bytes = new Map(sizes);
    const costs = await measure(root, rows, rounds, note);
    const bytesPerRow = (form: FormName) => (bytes.get(form) ?? 0) / rows;
    return {
      title: 'decode: log bytes to columns',
      parts: [
        `Dataset: \`robust-models\`, seed 1, ${rows.toLocaleString('en')} rows, ${bytesPerRow('plain.ndjson').toFixed(0)} B/row, ` +
          `\`$logs\` ${bytesPerRow('classic.log').toFixed(0)} B/row. ${rounds} rounds that take turns, each contender in a ` +
          'fresh process for at least two seconds after three of warming up; median [smallest–largest]; ratios are medians of the ratios within a round.',
        table(costs, bytesPerRow, [scanner, copying, ...peers], [scanner, copying]),
        table(costs, bytesPerRow, [scanner, ...odd], [scanner]),
        table(costs, bytesPerRow, [classicFast, classicPlain], [classicFast]),
        'CPU is user and system time of all threads during the measured passes. Bodies `{"records":[…]}` of 256 KiB in ' +
          'memory, which DuckDB (one thread) reads as NDJSON from the page cache. The scanner makes every column of ' +
          '`storage_log`, with redaction, SAS parameters and fingerprints; the columns stay in its memory, or the used ' +
          'part of every buffer is copied to memory that each batch is written over. `JSON.parse` includes turning the bytes into text, and extracts nothing. ' +
          '`read_json` makes the columns that plain SQL can give, as in the ingest bench, and only counts them.',
      ],
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
