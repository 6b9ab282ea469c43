import type { LogTokens } from './log-tokens.ts';

/**
 * How many readers of each row make it worth putting into a table, on average over a reader's rows: of a few from 1.4 to 2.5, those
 * between 1.5 and 1.8 cost least over two weeks of a million rows a day.
 */
const readersMin = 1.6;

/** Whoever reads some tokens' rows. */
interface TokensReader {
  readonly log: Pick<LogTokens, 'tokens' | 'fingerprints'>;
}

/**
 * Those of some readers whose rows are worth reading for all of them at once.
 *
 * @param chosen are among them in any case.
 * @param rows that the log has of each token, by its number.
 */
export function sharedReaders<R extends TokensReader>(
  readers: readonly R[],
  chosen: ReadonlySet<R>,
  rows: ReadonlyMap<bigint, bigint>,
): readonly R[] {
  const numbersOf = ({ log }: R) => [...log.tokens, ...log.fingerprints];
  const counts = new Map<bigint, number>();
  for (const number of readers.flatMap(numbersOf)) counts.set(number, (counts.get(number) ?? 0) + 1);
  const isShared = (reader: R) => {
    let [own, read] = [0, 0];
    for (const number of numbersOf(reader)) {
      const n = Number(rows.get(number) ?? 0n);
      own += n;
      read += n * (counts.get(number) ?? 0);
    }
    return read >= readersMin * own;
  };
  const left = readers.filter((reader) => chosen.has(reader) || isShared(reader));
  // What one that is left out reads is shared by fewer.
  return left.length === readers.length ? left : sharedReaders(left, chosen, rows);
}
