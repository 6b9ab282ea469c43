import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProcessLock } from '../../src/core/process-lock.ts';

const refusal = (pid: number) => new Error(`held by ${pid}`);

async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

describe('ProcessLock', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saswatch-lock-'));
    path = join(folder, 'catalog.lock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lets one holder in, by whatever name of the folder, and the next when it is given back', async () => {
    await symlink(folder, `${folder}-alias`);
    const lock = await ProcessLock.acquire(path, refusal);
    for (const name of [path, join(`${folder}-alias`, 'catalog.lock')]) {
      await expect(ProcessLock.acquire(name, refusal)).rejects.toThrow(`held by ${process.pid}`);
    }
    await rm(`${folder}-alias`);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await (await ProcessLock.acquire(path, refusal)).release();
  });

  it('refuses what another living process has, and names its pid', async () => {
    const started = await startOf(process.ppid);
    await writeFile(path, JSON.stringify({ pid: process.ppid, started, host: hostname() }));
    await expect(ProcessLock.acquire(path, refusal)).rejects.toThrow(`held by ${process.ppid}`);
  });

  it.each([
    ['a process that is gone', () => ({ pid: spawnSync(process.execPath, ['-e', '']).pid, started: '1' })],
    ['an earlier process of the same pid', () => ({ pid: process.ppid, started: '1' })],
  ])('takes over from %s', async (_, holder) => {
    const dead = { ...holder(), host: hostname() };
    await writeFile(path, JSON.stringify(dead));
    const lock = await ProcessLock.acquire(path, refusal);
    expect(lock.takenFrom).toBe(dead.pid);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it('leaves the lock to another process that took it over in between', async () => {
    await writeFile(path, JSON.stringify({ pid: process.pid, started: '1', host: hostname() }));
    const other = JSON.stringify({ pid: process.ppid, started: await startOf(process.ppid), host: hostname() });
    await writeFile(`${path}.takeover`, other);
    const tried = ProcessLock.acquire(path, refusal).catch((error: Error) => error.message);
    await setTimeout(50);
    await writeFile(`${path}.new`, other);
    await rename(`${path}.new`, path);
    await rm(`${path}.takeover`);
    expect(await tried).toBe(`held by ${process.ppid}`);
    expect(await readFile(path, 'utf8')).toBe(other);
    expect(await readdir(folder)).toEqual(['catalog.lock']);
  });

  it('goes on where a process died while it took a lock over', async () => {
    const dead = JSON.stringify({ pid: process.pid, started: '1', host: hostname() });
    for (const name of [path, `${path}.takeover`]) await writeFile(name, dead);
    const lock = await ProcessLock.acquire(path, refusal);
    expect(await readdir(folder)).toEqual(['catalog.lock']);
    await lock.release();
  });

  it('takes over a lock file that says nothing', async () => {
    await writeFile(path, '{"pid":');
    const lock = await ProcessLock.acquire(path, refusal);
    expect(lock.takenFrom).toBe(0);
    await lock.release();
  });

  it('lets in one of many that find the same dead holder', async () => {
    await writeFile(path, JSON.stringify({ pid: process.pid, started: '1', host: 'elsewhere.example' }));
    const tries = await Promise.allSettled([1, 2, 3, 4].map(() => ProcessLock.acquire(path, refusal)));
    const held = tries.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(held).toHaveLength(1);
    await held[0]?.release();
  });
});
