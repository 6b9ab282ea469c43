import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { z } from 'zod';
import { duckdbVersion } from '../src/core/duckdb.ts';

const packageSchema = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()) });

/** What a figure depends on besides the code: processor, memory, system and versions, in one line. */
export function machineLine(): string {
  const { version, dependencies } = packageSchema.parse(
    JSON.parse(readFileSync(new URL(import.meta.resolve('#package')), 'utf8')),
  );
  const cores = cpus();
  const processor = cores[0]?.model.replaceAll(/\s+/g, ' ').trim() ?? 'unknown processor';
  return [
    `${cores.length} × ${processor}`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${platform()} ${arch()} ${release()}`,
    `Node ${process.versions.node}`,
    `DuckDB ${duckdbVersion()} (@duckdb/node-api ${dependencies['@duckdb/node-api']})`,
    `saswatch ${version}`,
  ].join(', ');
}
