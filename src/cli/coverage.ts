import { openReader } from '../store/reader.ts';

/** For which hours the lake has an answer. A period without records was not seen, or nothing happened: the log cannot tell. */
export interface Coverage {
  readonly accounts: number;
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
              count(*) FILTER (WHERE NOT has_records)::INTEGER AS hours_without_records
       FROM coverage`,
    );
    const [accounts, withRecords, without] = result.getRows()[0] ?? [];
    return {
      accounts: Number(accounts ?? 0),
      hours_with_records: Number(withRecords ?? 0),
      hours_without_records: Number(without ?? 0),
    };
  } finally {
    reader.close();
  }
}
