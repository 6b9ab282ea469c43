import { writeFile } from 'node:fs/promises';
import { pages } from './pages.ts';

for (const [name, text] of Object.entries(await pages())) await writeFile(new URL(name, import.meta.url), text);
