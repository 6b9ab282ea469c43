import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, BenchResult, Rows } from './bench.ts';
import { type FormName, writeForms } from './decode-dataset.ts';
import { median, spread } from './statistics.ts';
import { WindowProcess } from './window-process.ts';

const program = new URL('./decode-program.js', import.meta.url);
const roundsMin = 5;
const turnsPerRound = 6;

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
/** Contenders that are compared, which take turns. */
const groups: readonly (readonly [base: Contender, ...rest: Contender[]])[] = [
  [scanner, copying, ...peers],
  [scanner, ...odd],
  [classicFast, classicPlain],
];

/** CPU-seconds per million rows of each contender of a group, one a window; windows of the same place were taken in one turn. */
type Costs = ReadonlyMap<Contender, number[]>;

interface Measuring {
  readonly root: string;
  readonly rows: number;
  readonly rounds: number;
  readonly note: (text: string) => void;
}

async function measure(group: readonly Contender[], { root, rows, rounds, note }: Measuring): Promise<Costs> {
  const costs = new Map(group.map((contender) => [contender, [] as number[]]));
  for (let round = 1; round <= rounds; round++) {
    const processes: WindowProcess[] = [];
    for (const { program: name, form } of group) {
      const started = new WindowProcess(program, [name, join(root, form), String(rows)], root);
      processes.push(started);
      // Warmed up before the next one starts.
      await started.next();
    }
    for (let turn = 0; turn < turnsPerRound; turn++) {
      const order = [...group.keys()];
      for (const index of turn % 2 === 0 ? order : order.toReversed()) {
        const [contender, process] = [group[index], processes[index]];
        if (contender !== undefined && process !== undefined) costs.get(contender)?.push(await process.next());
      }
    }
    for (const process of processes) await process.close();
    for (const [{ name }, samples] of costs) {
      note(`round ${round} of ${rounds}: ${name} ${spread(samples.slice(-turnsPerRound), 2)} CPU-s per 1 M rows`);
    }
  }
  return costs;
}

/** Median of the ratios within a turn, and the ratio of the least costs. */
function times(costs: Costs, one: Contender, other: Contender): string[] {
  const [ones, others] = [costs.get(one) ?? [], costs.get(other) ?? []];
  const within = median(ones.map((cost, turn) => cost / (others[turn] ?? Number.NaN)));
  return [within.toFixed(2), (Math.min(...ones) / Math.min(...others)).toFixed(2)];
}

function table(costs: Costs, bytesPerRow: (form: FormName) => number, bases: readonly Contender[]): Rows {
  return [
    [
      '',
      'CPU-s per 1 M rows',
      'MB/s per core',
      ...bases.flatMap(({ name }) => [`times ${name}: median`, `times ${name}: least by least`]),
    ],
    ...[...costs].map(([contender, samples]) => [
      contender.name,
      spread(samples, 2),
      (bytesPerRow(contender.form) / median(samples)).toFixed(0),
      ...bases.flatMap((base) => times(costs, contender, base)),
    ]),
  ];
}

/** Log bytes to typed columns in one core: the scanner, its plain twin and what parses JSON elsewhere, on plain and on odd records. */
export async function decodeBench({ rows, rounds: asked, note }: BenchOptions): Promise<BenchResult> {
  const rounds = Math.max(asked, roundsMin);
  const root = await mkdtemp(join(tmpdir(), 'saswatch-bench-'));
  try {
    note(`generating ${rows.toLocaleString('en')} rows in ${root}`);
    writeForms(root, rows);
    const forms = [...new Set(groups.flat().map(({ form }) => form))];
    const sizes = await Promise.all(forms.map(async (form) => [form, (await stat(join(root, form))).size] as const));
    const bytes = new Map(sizes);
    const bytesPerRow = (form: FormName) => (bytes.get(form) ?? 0) / rows;
    const tables: Rows[] = [];
    for (const group of groups) {
      const costs = await measure(group, { root, rows, rounds, note });
      tables.push(table(costs, bytesPerRow, group.includes(copying) ? [scanner, copying] : [group[0]]));
    }
    return {
      title: 'decode: log bytes to columns',
      parts: [
        `Dataset: \`robust-models\`, seed 1, ${rows.toLocaleString('en')} rows, ${bytesPerRow('plain.ndjson').toFixed(0)} B/row, ` +
          `\`$logs\` ${bytesPerRow('classic.log').toFixed(0)} B/row. ${rounds} rounds, in each of which the contenders of a table, ` +
          `each in a fresh process that has warmed up, take ${turnsPerRound} turns of a window each: as many passes over ` +
          'the file as take half a second of CPU.',
        'Cost: median [least–largest] of all windows. Ratios: the median of those within a turn, and the least cost divided by ' +
          'the least cost. Neighbours on the host only ever add to a cost, in bursts that are longer than a window, and every ' +
          'contender has the same number of windows; so the ratio of the least is that of the work itself, and what targets ' +
          'are judged by.',
        ...tables,
        'CPU is user and system time of all threads during a window. A pass of the reference decoder is longer than a window ' +
          'and makes one by itself. Bodies `{"records":[…]}` of 256 KiB in memory, which DuckDB (one thread) reads as NDJSON from the page cache. The scanner makes every column of ' +
          '`storage_log`, with redaction, SAS parameters and fingerprints; the columns stay in its memory, or the used ' +
          'part of every buffer is copied to memory that each batch is written over. `JSON.parse` includes turning the bytes into text, and extracts nothing. ' +
          '`read_json` makes the columns that plain SQL can give, as in the ingest bench, and only counts them.',
      ],
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
