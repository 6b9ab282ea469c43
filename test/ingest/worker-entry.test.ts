import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { SourceAssignment } from '../../src/ingest/sources/assignment.ts';
import { laneModule } from '../../src/ingest/worker-entry.ts';

const refuseAzure = `export async function resolve(name, context, next) {
  if (name.startsWith('@azure/')) throw new Error('loads ' + name);
  return next(name, context);
}`;
const data = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;
const register = data(`import { register } from 'node:module'; register(${JSON.stringify(data(refuseAzure))});`);

/** Runs a module in a process in which nothing of Azure can be loaded. @returns its output. */
function runWithoutAzure(source: string): string {
  const flags = ['--import', 'tsx', '--import', register, '--input-type=module', '--eval', source];
  return execFileSync(process.execPath, flags, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

const load = (kind: SourceAssignment['kind']) =>
  runWithoutAzure(
    `import(${JSON.stringify(laneModule(kind))}).then(() => 'loaded', (e) => e.message).then(console.log);`,
  );

test('a lane that reads files loads nothing of Azure', () => {
  expect(load('file')).toBe('loaded\n');
});

test.each(['event-hubs', 'blob-archive'] as const)('a lane of %s loads an SDK', (kind) => {
  expect(load(kind)).toMatch(/^loads @azure\//);
});
