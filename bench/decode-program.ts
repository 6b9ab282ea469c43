import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Batch } from '../src/core/batch.ts';
import { DuckDBInstance } from '../src/core/duckdb.ts';
import { limits } from '../src/core/limits.ts';
import { createDecoder, type DecoderName } from '../src/ingest/decode/create-decoder.ts';
import type { Framing } from '../src/ingest/source.ts';
import { BatchCopy } from './copy-out.ts';
import { readJsonQuery } from './read-json-query.ts';

/** Goes once over the whole file. */
type Pass = () => void | Promise<void>;

const inputBytes = 256 << 10;
const warmUpCpuS = 3;
/** Short, so that some windows of each contender meet no neighbour on the host; several passes of the scanner, one of DuckDB. */
const windowCpuS = 0.5;

/** A file's lines in inputs of about 256 KiB: JSON packed into Event Hubs bodies, `$logs` as they are. */
function inputsOf(file: string, framing: Framing): Buffer[] {
  const bytes = readFileSync(file);
  const inputs: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.lastIndexOf(0x0a, at + inputBytes) + 1;
    const lines = bytes.subarray(at, end);
    const body = () => `{"records":[${lines.toString().trimEnd().replaceAll('\n', ',')}]}`;
    inputs.push(framing === 'classic' ? lines : Buffer.from(body()));
    at = end;
  }
  return inputs;
}

function decoding(name: DecoderName, file: string, take: (batch: Batch) => void): Pass {
  const framing = file.endsWith('.log') ? 'classic' : 'records';
  const inputs = inputsOf(file, framing);
  const decoder = createDecoder(name, limits.segmentRowsMax);
  const endBatch = () => {
    take(decoder.batch());
    decoder.newSas();
    decoder.reset();
  };
  return () => {
    for (const input of inputs) {
      for (let at = 0; at < input.length; ) {
        at = decoder.decode(input, framing, 1n, at).consumed;
        if (at < input.length) endBatch();
      }
    }
    endBatch();
  };
}

async function readingJson(file: string): Promise<Pass> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  // The cheapest sink for which every column has to be made.
  const query = `SELECT count(COLUMNS(*)) FROM (${readJsonQuery(file)})`;
  return async () => void (await connection.run(query));
}

function parsing(file: string): Pass {
  const inputs = inputsOf(file, 'records');
  return () => {
    for (const input of inputs) JSON.parse(input.toString());
  };
}

const contenders: Readonly<Record<string, (file: string) => Pass | Promise<Pass>>> = {
  scanner: (file) => decoding('scanner', file, () => undefined),
  'scanner-copy': (file) => {
    const copy = new BatchCopy();
    return decoding('scanner', file, (batch) => copy.take(batch));
  },
  reference: (file) => decoding('reference', file, () => undefined),
  'json-parse': parsing,
  'read-json': readingJson,
};

/** Passes until they have taken so much CPU, which neither a busy machine nor a short pass changes. */
async function passesFor(pass: Pass, cpuS: number): Promise<{ passes: number; cpuS: number }> {
  const start = process.cpuUsage();
  for (let passes = 1; ; passes++) {
    await pass();
    const { user, system } = process.cpuUsage(start);
    if (user + system >= cpuS * 1e6) return { passes, cpuS: (user + system) / 1e6 };
  }
}

/**
 * What the decode bench measures, as a program of its own: `decode-program.js CONTENDER FILE ROWS`. Passes over the file
 * warm up until the compilers have had their time; after that, each line of input has a window measured and told.
 */
const [name = '', file = '', rows] = process.argv.slice(2);
const contender = contenders[name];
if (contender === undefined || rows === undefined) throw new Error('usage: decode-program CONTENDER FILE ROWS');
const pass = await contender(file);
await passesFor(pass, warmUpCpuS);
for await (const _line of createInterface({ input: process.stdin })) {
  const { passes, cpuS } = await passesFor(pass, windowCpuS);
  process.stdout.write(`${JSON.stringify({ rows: passes * Number(rows), cpu_s: cpuS })}\n`);
}
