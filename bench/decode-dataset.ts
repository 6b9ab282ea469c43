import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { classicLine } from '../src/generate/classic-line.ts';
import { Prng } from '../src/generate/prng.ts';
import { generate } from '../src/generate/scenario.ts';

const seed = 1;
const objectSchema = z.record(z.string(), z.unknown());

function shuffled(value: unknown, prng: Prng): unknown {
  const object = objectSchema.safeParse(value);
  if (Array.isArray(value) || !object.success) return value;
  const entries = Object.entries(object.data);
  for (let i = entries.length - 1; i > 0; i--) {
    const j = prng.int(0, i);
    [entries[i], entries[j]] = [entries[j] ?? ['', null], entries[i] ?? ['', null]];
  }
  return Object.fromEntries(entries.map(([name, inner]) => [name, shuffled(inner, prng)]));
}

/** Ways to write a record down, by the name of the file they make. Each gets a stream of its own. */
export const forms = {
  'plain.ndjson': (record) => record,
  'shuffled.ndjson': (record, prng) => JSON.stringify(shuffled(JSON.parse(record), prng)),
  'queries.ndjson': (record, prng) =>
    record.replace(/("uri":"[^"?]*\?)/, `$1comp=block&blockid=${prng.guid()}&x-nonce=${prng.u32()}&`),
  'grants.ndjson': (record, prng) =>
    record.replace(/([?&])se=[^&"]*/, `$1se=2051-10-05T${10 + prng.int(0, 9)}%3A00%3A00.${prng.u32()}Z`),
  'agents.ndjson': (record, prng) =>
    record.replace(/("userAgentHeader":")/, `$1${prng.guid()} `).replace(/("referrerHeader":")/, `$1${prng.guid()}`),
  'malformed.ndjson': (record, prng) => (prng.chance(0.01) ? record.replace('","', '""') : record),
  'classic.log': (record) => classicLine(JSON.parse(record)),
} as const satisfies Readonly<Record<string, (record: string, prng: Prng) => string>>;

export type FormName = keyof typeof forms;

/** Writes the same generated records in every form to a folder, one a line. */
export function writeForms(folder: string, rows: number): void {
  const writers = Object.entries(forms).map(([name, form]) => ({
    form,
    prng: new Prng(seed, name),
    file: openSync(join(folder, name), 'w'),
    lines: [] as string[],
  }));
  const flush = () => {
    for (const { file, lines } of writers)
      writeSync(
        file,
        lines
          .splice(0)
          .map((line) => `${line}\n`)
          .join(''),
      );
  };
  let pending = 0;
  for (const record of generate({ scenario: 'robust-models', seed, rows }).records()) {
    for (const { form, prng, lines } of writers) lines.push(form(record, prng));
    pending += 1;
    if (pending % 4_096 === 0) flush();
  }
  flush();
  for (const { file } of writers) closeSync(file);
}
