import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { AppError, isSystemError } from '../../core/errors.ts';
import { fillFile, replaceFile } from '../output-file.ts';
import type { LogRead } from './logs-read.ts';

/** What a replay was asked for. */
export interface ReplayRequest {
  readonly sources: readonly string[];
  /** ISO 8601. */
  readonly since: string;
  readonly until: string;
}

/** What a manifest says in sum. */
export interface ManifestEnd {
  readonly logs: number;
  /** Log bytes read, decompressed. */
  readonly bytes: number;
  /** Bytes of them that have no hash: lines too long to be kept, or hashes lost with a damaged catalog. */
  readonly unproved_bytes: number;
  /** Logs that shrank, were replaced or vanished while they were read. */
  readonly changed: number;
  /** Last link of the chain. */
  readonly chain: string;
}

const chainStart = '0'.repeat(64);
const formatVersion = 1;
/** Characters written at a time. */
const pieceLength = 1 << 18;

const stretchSchema = z.object({ first: z.int(), next: z.int(), sha256: z.string() });
const logSchema = z.object({
  type: z.literal('log'),
  name: z.string(),
  bytes: z.int(),
  etag: z.string().nullable(),
  changed: z.boolean(),
  stretches: z.array(stretchSchema),
});
const lineSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('replay'),
    version: z.literal(formatVersion),
    sources: z.array(z.string()),
    since: z.string(),
    until: z.string(),
  }),
  logSchema,
  z.object({ type: z.literal('end'), logs: z.int(), bytes: z.int(), unproved_bytes: z.int(), changed: z.int() }),
]);

export function manifestPath(dataDir: string): string {
  return join(dataDir, 'replay-manifest.ndjson');
}

/** The link behind `chain` for a line that holds `text`, which is JSON without its own `chain`. */
function linkOf(chain: string, text: string): string {
  return hash('sha256', `${chain}\n${text}`, 'hex');
}

/**
 * Writes the manifest: a JSON object a line, first what was asked, then every log with the SHA-256 of what was read of it,
 * last the sums. The `chain` of a line is the SHA-256 of the chain before, a line feed and the line without its chain.
 *
 * @throws AppError SINK_WRITE.
 */
export async function writeManifest(
  dataDir: string,
  request: ReplayRequest,
  logs: readonly LogRead[],
): Promise<ManifestEnd> {
  let chain = chainStart;
  let lines = '';
  const add = (line: object) => {
    const text = JSON.stringify(line);
    chain = linkOf(chain, text);
    lines += `${text.slice(0, -1)},"chain":"${chain}"}\n`;
  };
  const sum = (of: (log: LogRead) => number) => logs.reduce((total, log) => total + of(log), 0);
  const end = {
    logs: logs.length,
    bytes: sum(({ bytes }) => bytes),
    unproved_bytes: sum(unprovedBytes),
    changed: sum(({ changed }) => (changed ? 1 : 0)),
  };
  await replaceFile(manifestPath(dataDir), (path) =>
    fillFile(path, async (sink) => {
      add({ type: 'replay', version: formatVersion, ...request });
      for (const { name, bytes, etag, changed, stretches } of logs) {
        add({ type: 'log', name, bytes, etag, changed, stretches });
        if (lines.length < pieceLength) continue;
        await sink(lines);
        lines = '';
      }
      add({ type: 'end', ...end });
      await sink(lines);
    }),
  );
  return { ...end, chain };
}

function unprovedBytes({ bytes, stretches }: LogRead): number {
  return bytes - stretches.reduce((sum, { first, next }) => sum + next - first, 0);
}

/**
 * Reads a manifest and checks its chain.
 *
 * @throws AppError CONFIG_INVALID where there is none, REPLAY_INTEGRITY where a line was changed, added or taken away.
 */
export async function readManifest(dataDir: string): Promise<{ logs: LogRead[]; chain: string }> {
  const path = manifestPath(dataDir);
  const logs: LogRead[] = [];
  let chain = chainStart;
  let number = 0;
  let ended = false;
  try {
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      const line = ended ? null : linked(text, chain);
      if (line === null) throw broken(path, `line ${number} does not follow from the lines before it`);
      chain = line.chain;
      if (line.content.type === 'log') logs.push(line.content);
      if (line.content.type === 'end') ended = true;
    }
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT')) throw cause;
    throw new AppError(
      'CONFIG_INVALID',
      `There is no ${path}: a replay writes it at its end. Name its data folder with --data.`,
      { cause },
    );
  }
  if (!ended) throw broken(path, 'its last line is missing');
  return { logs, chain };
}

function linked(text: string, before: string): { content: z.infer<typeof lineSchema>; chain: string } | null {
  try {
    const { chain, ...content }: Record<string, unknown> = JSON.parse(text);
    if (typeof chain !== 'string' || chain !== linkOf(before, JSON.stringify(content))) return null;
    return { content: lineSchema.parse(content), chain };
  } catch {
    return null;
  }
}

function broken(path: string, how: string): AppError {
  return new AppError('REPLAY_INTEGRITY', `${path} is not as the replay wrote it: ${how}.`, { path });
}
