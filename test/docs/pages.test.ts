import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { pages } from '../../docs/pages.ts';

it('has the pages that are made from the code as the code makes them (npm run docs)', async () => {
  for (const [name, text] of Object.entries(await pages())) {
    expect(await readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8'), name).toBe(text);
  }
});
