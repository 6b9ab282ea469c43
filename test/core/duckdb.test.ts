import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

it('is imported by one module only, so that no thread reads through its CommonJS files for names', () => {
  const sources = ['src', 'workers', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  const statements = sources.flatMap((name) =>
    [...readFileSync(join(root, name), 'utf8').matchAll(/^import [^;]*'@duckdb\/[^']+';/gm)].map(
      ([statement]) => `${name}: ${statement}`,
    ),
  );
  expect(statements.length).toBeGreaterThan(10);
  expect(statements.filter((statement) => !statement.includes('import type '))).toEqual([]);
});
