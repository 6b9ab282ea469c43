import { bindSaved, savedQuery } from '../../query/saved-query.ts';
import type { Reader } from '../../store/reader.ts';

/** A run of hours without a record of an account's category, [from, until), as DuckDB writes a TIMESTAMP. */
export interface Gap {
  readonly from: string;
  readonly until: string;
  readonly hours: number;
}

/** For which hours of a stretch there are records of one account and category. */
export interface CategoryCoverage {
  readonly account: string;
  readonly category: string;
  readonly hours_with_records: number;
  readonly hours_without_records: number;
  readonly records: number;
  readonly first: string;
  readonly last: string;
  /** The longest ones. */
  readonly gaps: readonly Gap[];
  readonly gaps_count: number;
}

/** Gaps told of one account and category; all of them: `saswatch query --saved coverage`. */
const gapsMax = 20;

/**
 * Coverage of [since, until) per account and category, as the saved query `coverage` has it.
 *
 * @param range UTC microseconds; null: from the oldest record to the newest.
 */
export async function coverageOf(
  { connection }: Reader,
  { since, until }: { readonly since: bigint | null; readonly until: bigint | null },
): Promise<CategoryCoverage[]> {
  const coverage = bindSaved(await savedQuery('coverage'), { since, until });
  const result = await connection.runAndReadAll(
    `SELECT * REPLACE (coalesce(gaps, [])[:${gapsMax}] AS gaps), coalesce(len(gaps), 0) AS gaps_count FROM (${coverage})
      ORDER BY account, category`,
  );
  return result.getRowObjectsJson().map((row) => {
    return {
      account: String(row['account']),
      category: String(row['category']),
      hours_with_records: Number(row['hours_with_records']),
      hours_without_records: Number(row['hours_without_records']),
      records: Number(row['records']),
      first: String(row['first']),
      last: String(row['last']),
      gaps: row['gaps'] as unknown as readonly Gap[],
      gaps_count: Number(row['gaps_count']),
    };
  });
}

/** One line for people. */
export function coverageLine(coverage: CategoryCoverage): string {
  const { account, category, hours_with_records: seen, hours_without_records: unseen, gaps } = coverage;
  const hours = seen + unseen;
  const [longest] = gaps;
  const gap =
    longest === undefined
      ? 'no gap'
      : `${coverage.gaps_count.toLocaleString('en')} ${coverage.gaps_count === 1 ? 'gap' : 'gaps'}, the longest ${longest.hours.toLocaleString('en')} ${longest.hours === 1 ? 'hour' : 'hours'} from ${longest.from}`;
  return `coverage: ${account} ${category}: records in ${seen.toLocaleString('en')} of ${hours.toLocaleString('en')} hours; ${gap}`;
}
