import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { machineLine } from './machine.ts';
import { renderResult, withSection } from './render.ts';

/** Every bench by the name the command line gives it. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  decode: async () => (await import('./decode.bench.ts')).decodeBench,
  detect: async () => (await import('./detect.bench.ts')).detectBench,
  ingest: async () => (await import('./ingest.bench.ts')).ingestBench,
  lane: async () => (await import('./lane.bench.ts')).laneBench,
  compact: async () => (await import('./compact.bench.ts')).compactBench,
  lookup: async () => (await import('./lookup.bench.ts')).lookupBench,
  replay: async () => (await import('./replay.bench.ts')).replayBench,
  latency: async () => (await import('./latency.bench.ts')).latencyBench,
};

const usage = `usage: npm run bench -- [NAME…] [--rows N] [--rounds N] [--days N] [--write]
benches: ${Object.keys(benches).join(', ')} (default: all)
--days of the rows of \`detect\` (default: 30)
--write puts the results into bench/RESULTS.md`;

const resultsPath = new URL('../../bench/RESULTS.md', import.meta.url);
const emptyPage = `# Bench results

Made by \`npm run bench -- --write\`; do not edit. Machines differ and neighbours on them too: trust the ratio to the peer of
the same run, not the bare figures.
`;

function readPage(): string {
  try {
    return readFileSync(resultsPath, 'utf8');
  } catch {
    return emptyPage;
  }
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${option} is a whole number from 1, not ${text}`);
  return number;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rows: { type: 'string', default: '300000' },
      rounds: { type: 'string', default: '3' },
      days: { type: 'string', default: '30' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const names = positionals.length === 0 ? Object.keys(benches) : positionals;
  const unknown = names.find((name) => !(name in benches));
  if (values.help || unknown !== undefined) {
    process.stderr.write(`${unknown === undefined ? '' : `there is no bench "${unknown}"\n`}${usage}\n`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  if (import.meta.url.endsWith('.ts')) throw new Error('benches measure the built package: npm run bench');
  const options = {
    rows: wholeNumber('rows', values.rows),
    rounds: wholeNumber('rounds', values.rounds),
    days: wholeNumber('days', values.days),
    note: (text: string) => process.stderr.write(`${text}\n`),
  };
  for (const name of names) {
    const bench = await benches[name]?.();
    if (bench === undefined) continue;
    const { title, parts } = await bench(options);
    const measured = `${new Date().toISOString().slice(0, 10)}, ${machineLine()}.`;
    const section = renderResult({ title, parts: [measured, ...parts] });
    process.stdout.write(`${section}\n`);
    if (values.write) writeFileSync(resultsPath, withSection(readPage(), section));
  }
}

await main();
