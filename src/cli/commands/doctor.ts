import { readFile, stat, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { duckdbVersion } from '../../core/duckdb.ts';
import { errorText, isSystemError } from '../../core/errors.ts';
import { jsonLine } from '../../query/render/jsonl.ts';
import { terminalText } from '../../query/render/terminal-text.ts';
import { checkFiles } from '../../store/lake-check.ts';
import { readManifest } from '../../store/manifest.ts';
import { write } from '../effects.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Act } from '../session.ts';

type State = 'ok' | 'note' | 'fault';

interface Check {
  readonly check: string;
  readonly state: State;
  readonly text: string;
}

const freeBytesLow = 5 * 2 ** 30;

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function machine(): Check[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const supported = major > 20 || (major === 20 && minor >= 19);
  return [
    { check: 'node', state: supported ? 'ok' : 'fault', text: `${process.version}${supported ? '' : ', needs 20.19'}` },
    { check: 'duckdb', state: 'ok', text: duckdbVersion() },
    { check: 'cores', state: 'ok', text: String(availableParallelism()) },
    { check: 'memory', state: 'ok', text: gigabytes(totalmem()) },
  ];
}

/** The nearest folder above `path` that exists: where its disk can be asked about. */
async function existing(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') || dirname(path) === path) throw error;
    return existing(dirname(path));
  }
}

async function disk(dataDir: string): Promise<Check> {
  const { bavail, bsize } = await statfs(await existing(resolve(dataDir)));
  const free = bavail * bsize;
  return { check: 'disk', state: free < freeBytesLow ? 'note' : 'ok', text: `${gigabytes(free)} free` };
}

async function dataFolder(dataDir: string): Promise<Check> {
  const check = 'data';
  const manifest = await readManifest(dataDir);
  if (manifest === null) return { check, state: 'note', text: `${dataDir}: nothing published yet` };
  const { counters, segments, sources, holes, publishedAt } = manifest;
  const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  const text =
    `${dataDir}: ${rows} rows in ${segments.length} files, ${counters.rows} read from ${sources.length} partitions, ` +
    `${counters.quarantined} quarantined, published ${publishedAt}`;
  return holes.length === 0
    ? { check, state: 'ok', text }
    : { check, state: 'fault', text: `${text}; ${holes.length} stretches were never delivered` };
}

/** Who has the catalog open, after the lock file; a look, not a claim. */
async function lockHolder(dataDir: string): Promise<Check> {
  try {
    const { pid, host } = JSON.parse(await readFile(join(dataDir, 'catalog.lock'), 'utf8'));
    return { check: 'lock', state: 'note', text: `pid ${pid} on ${host} writes here` };
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return { check: 'lock', state: 'ok', text: 'free' };
    throw error;
  }
}

async function files(dataDir: string): Promise<Check[]> {
  const manifest = await readManifest(dataDir);
  if (manifest === null) return [];
  const check = 'files';
  const { files: read, damaged, unknown } = await checkFiles(dataDir, manifest);
  if (damaged.length > 0) {
    return damaged.map(({ path, fault }) => ({ check, state: 'fault', text: `${join(dataDir, path)}: ${fault}` }));
  }
  const text = `${read} files are as they were written`;
  if (unknown === 0) return [{ check, state: 'ok', text }];
  return [{ check, state: 'note', text: `${text}; ${unknown} segments of an older version cannot be checked` }];
}

/** A check that cannot be made is a fault, not the end of the others. */
async function attempt(check: string, look: () => Promise<Check | Check[]>): Promise<Check[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    return [{ check, state: 'fault', text: errorText(error) }];
  }
}

export function define(command: Command, act: Act): void {
  command
    .option('--files', 'also read every file of the lake, and name those that are not as they were written')
    .addHelpText('after', '\nExit code 1 if something is at fault; notes are no faults.');
  act<{ files?: boolean }>(command, async ({ session, options }) => {
    const { data } = session.config();
    const checks = [
      ...machine(),
      ...(await attempt('disk', () => disk(data))),
      ...(await attempt('data', () => dataFolder(data))),
      ...(await attempt('lock', () => lockHolder(data))),
      ...(options.files === true ? await attempt('files', () => files(data)) : []),
    ];
    const line = ({ check, state, text }: Check) => `${check.padEnd(7)} ${state.padEnd(6)} ${terminalText(text)}\n`;
    await write(session.effects.stdout, checks.map(session.json ? jsonLine : line).join(''));
    return checks.some(({ state }) => state === 'fault') ? exitCodes.fault : exitCodes.done;
  });
}
