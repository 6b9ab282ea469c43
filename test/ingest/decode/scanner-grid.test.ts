import { it } from 'vitest';
import { directedRecords } from './directed-records.ts';
import { Twins } from './scanner-twin.ts';

const twins = new Twins(8 * 1024);

it.each([...directedRecords.keys()])('gives the rows of the reference decoder for %s', (name) => {
  twins.feedAll(directedRecords.get(name)?.() ?? []);
});
