import { expect, it } from 'vitest';
import { generate } from '../../../src/generate/scenario.ts';
import { MutatedRecords } from './mutated-record.ts';
import { Twins } from './scanner-twin.ts';

const records = Number(process.env['SCANNER_FUZZ_RECORDS'] ?? 200_000);
const seed = Number(process.env['SCANNER_FUZZ_SEED'] ?? 1);
/** Few enough that the scanner never gives a whole input up. */
const perInput = 24;
const newline = Buffer.from('\n');
const comma = Buffer.from(',');

it.each([
  ['lines', 0.02],
  ['records', 0.02],
] as const)(
  'gives the rows of the reference decoder whatever happened to %s',
  (framing, damage) => {
    const bases = [
      ...generate({ scenario: 'robust-models', seed, rows: 10_000, oddities: 0.2, unredacted: 0.1 }).records(),
    ];
    const mutated = new MutatedRecords(seed, bases.slice(0, 400));
    const twins = new Twins(4 * 1024);
    let left = 0;
    for (let done = 0; done < records / 2; done += perInput) {
      const pieces = Array.from({ length: perInput }, () => mutated.next(damage));
      const separator = framing === 'lines' ? newline : comma;
      const joined = Buffer.concat(pieces.flatMap((piece) => [piece, separator]).slice(0, -1));
      const bytes =
        framing === 'lines' ? joined : Buffer.concat([Buffer.from('{"records":['), joined, Buffer.from(']}')]);
      twins.feed(bytes, framing);
      left += twins.scanner.takeFallback()?.records ?? 0;
      if (twins.scanner.rows > 4 * 1024 - 2 * perInput) twins.check();
    }
    twins.check();
    // The fast path has to have been under test, and the way around it too.
    expect(left / (records / 2)).toBeGreaterThan(0.05);
    expect(left / (records / 2)).toBeLessThan(0.5);
  },
  300_000,
);
