import { openFiles } from '../store/reader.ts';
import { storedRollup } from '../store/rollup-relation.ts';

/** For which hours the lake has an answer. A period without records was not seen, or nothing happened: the log cannot tell. */
export interface Coverage {
  readonly accounts: number;
  /** Oldest and newest record, as DuckDB writes a TIMESTAMP; null where there is none. */
  readonly first: string | null;
  readonly last: string | null;
  /** Hours of an account in which it has any. */
  readonly hours_with_records: number;
  /** Hours between an account's first and last record that have none. */
  readonly hours_without_records: number;
}

/** Read from the rollups: it costs a small part of what the log would. */
export async function readCoverage(dataDir: string): Promise<Coverage> {
  const { connection, manifest, close } = await openFiles(dataDir);
  try {
    const result = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER AS accounts, sum(hours)::INTEGER AS hours_with_records,
              sum(date_diff('hour', first, last) + 1 - hours)::INTEGER AS hours_without_records,
              min(first)::VARCHAR AS first, max(last)::VARCHAR AS last
       FROM (SELECT account, min(min_time) AS first, max(max_time) AS last,
                    count(DISTINCT date_trunc('hour', bucket)) AS hours
             FROM ${storedRollup(dataDir, manifest.segments)} GROUP BY account)`,
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
    close();
  }
}
