import { openReader } from '../store/reader.ts';

/** For which hours the lake has an answer. A period without records was not seen, or nothing happened: the log cannot tell. */
export interface Coverage {
  readonly accounts: number;
  /** Oldest and newest record, as DuckDB writes a TIMESTAMP; null where there is none. */
  readonly first: string | null;
  readonly last: string | null;
  readonly hours_with_records: number;
  /** Hours between an account's first and last record, per category, that have none. */
  readonly hours_without_records: number;
}

export async function readCoverage(dataDir: string): Promise<Coverage> {
  const reader = await openReader(dataDir);
  try {
    const result = await reader.connection.runAndReadAll(
      `SELECT count(DISTINCT account)::INTEGER AS accounts,
              count(*) FILTER (WHERE has_records)::INTEGER AS hours_with_records,
              count(*) FILTER (WHERE NOT has_records)::INTEGER AS hours_without_records,
              min(first_seen)::VARCHAR AS first, max(last_seen)::VARCHAR AS last
       FROM coverage`,
    );
    const [accounts, withRecords, without, first = null, last = null] = result.getRows()[0] ?? [];
    return {
      accounts: Number(accounts ?? 0),
      first: first === null ? null : String(first),
      last: last === null ? null : String(last),
      hours_with_records: Number(withRecords ?? 0),
      hours_without_records: Number(without ?? 0),
    };
  } finally {
    reader.close();
  }
}
