import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '../../src/generate/scenario.ts';
import type { Arrival } from './lake.ts';

const estate = generate({ scenario: 'estate', rows: 12_000, seed: 3, days: 10, accounts: 2 });
const parts = 4;
const records = [...estate.records()];

/** Ten days of two accounts with twelve attacks, duplicates and late records, in the order of delivery. */
export const estateArrivals: readonly Arrival[] = Array.from({ length: parts }, (_, index) => ({
  partition: String(index),
  records: records.slice((records.length * index) / parts, (records.length * (index + 1)) / parts),
}));

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'saswatch-estate-'));
