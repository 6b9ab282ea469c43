import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

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

const lane = JSON.stringify(new URL('../../../src/ingest/lane.ts', import.meta.url));
const sources = JSON.stringify(new URL('../../../src/ingest/sources/index.ts', import.meta.url));

test('a lane that reads files loads nothing of Azure', () => {
  const source = `await import(${lane});
    const { createSource } = await import(${sources});
    const source = await createSource({ kind: 'file' }, { nextWork: async () => null });
    console.log(source.kind);`;
  expect(runWithoutAzure(source)).toBe('file\n');
});

test('a lane that reads a hub does', () => {
  const source = `const { createSource } = await import(${sources});
    await createSource({ kind: 'event-hubs' }, {}).catch((error) => console.log(error.message));`;
  expect(runWithoutAzure(source)).toBe('loads @azure/event-hubs\n');
});
