import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { generate } from '../../src/generate/scenario.ts';
import { type WriteOptions, writeScenario } from '../../src/generate/write-scenario.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'saswatch-generate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const options = (changes: Partial<WriteOptions> = {}): WriteOptions => ({
  scenario: 'benign-day',
  rows: 1_500,
  seed: 3,
  out: join(folder, 'out'),
  format: 'ndjson',
  ...changes,
});
const lines = (files: readonly string[]): string[] =>
  files.flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));

it('writes one record a line and the truth beside them', () => {
  const { files, bytes, truth } = writeScenario(options());
  const { records } = generate(options());
  expect(lines(files)).toEqual([...records()]);
  expect(bytes).toBe(files.reduce((sum, file) => sum + readFileSync(file).length, 0));
  expect(JSON.parse(readFileSync(join(folder, 'out', 'truth.json'), 'utf8'))).toEqual(truth);
});

it('writes one Event Hubs body a line', () => {
  const { files } = writeScenario(options({ format: 'records' }));
  const packed = lines(files);
  expect(packed.length).toBeGreaterThan(5);
  expect(packed.every((body) => Buffer.byteLength(body) <= 262_144)).toBe(true);
  const records = packed.flatMap((body) => JSON.parse(body).records);
  expect(records).toEqual([...generate(options()).records()].map((text) => JSON.parse(text)));
});

it('lays an archive out by category, resource and hour, with every record in its file', () => {
  const { files, bytes } = writeScenario(options({ format: 'archive' }));
  const layout =
    /insights-logs-(storage(?:read|write|delete))\/resourceId=(\/subscriptions\/.*\/default)\/y=(\d{4})\/m=(\d\d)\/d=(\d\d)\/h=(\d\d)\/m=00\/PT1H\.json$/;
  for (const file of files) {
    const [, category, resource, ...hour] = layout.exec(file) ?? [];
    for (const record of lines([file]).map((line) => JSON.parse(line))) {
      expect([record.category.toLowerCase(), record.resourceId.toLowerCase()]).toEqual([category, resource]);
      expect(record.time.slice(0, 13).split(/[-T]/)).toEqual(hour);
    }
  }
  expect(new Set(files).size).toBe(files.length);
  expect(lines(files).sort()).toEqual([...generate(options()).records()].sort());
  expect(bytes).toBe(files.reduce((sum, file) => sum + readFileSync(file).length, 0));
});

it('writes signatures only when asked, and only to their own file', () => {
  writeScenario(options());
  expect(existsSync(join(folder, 'out', 'secrets.json'))).toBe(false);
  const asked = join(folder, 'asked');
  writeScenario(options({ out: asked, secrets: true }));
  const [secret] = JSON.parse(readFileSync(join(asked, 'secrets.json'), 'utf8'));
  expect(secret.sig).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  expect(readFileSync(join(asked, 'truth.json'), 'utf8')).not.toContain(secret.sig);
});

it('refuses a folder with something in it and leaves it as it was', () => {
  writeFileSync(join(folder, 'precious.txt'), 'mine');
  expect(() => writeScenario(options({ out: folder }))).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  expect(readdirSync(folder)).toEqual(['precious.txt']);
});

it('refuses a path that is a file', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => writeScenario(options({ out: file }))).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});

it('lays classic logs out by account and hour, with every record in its file', () => {
  const { files } = writeScenario(options({ format: 'classic' }));
  for (const file of files) {
    const [, account, ...hour] = /\/(\w+)-logs\/blob\/(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)00\/000000\.log$/.exec(file) ?? [];
    for (const line of lines([file])) {
      const [version, time, , , , , , , , owner] = line.split(';');
      expect([version, owner, time?.slice(0, 13).split(/[-T]/)]).toEqual(['2.0', account, hour]);
    }
  }
  expect(lines(files)).toHaveLength(1_500);
});
