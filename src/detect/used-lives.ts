import type { DuckDBConnection } from '@duckdb/node-api';
import type { SegmentFile } from '../store/commit.ts';
import { timestampLiteral } from './parameter.ts';
import type { Moments, PreparedStatements } from './prepared-statements.ts';
import type { EventRange } from './run.ts';
import { touching } from './segment-days.ts';

/** To copy the lives of tokens that have so many rows costs more than it spares. */
const rowsMax = 50_000;

/**
 * The lives of tokens that were used since the first row that came, as `met_token_life`: a table, which is planned sooner than the
 * view and read by several posture rules; where many rows are judged, a view of it.
 */
export class UsedLives {
  readonly #connection: DuckDBConnection;
  readonly #prepared: PreparedStatements;
  #kind: 'TABLE' | 'VIEW' = 'TABLE';
  /** The moment since which it has those used; null where lives are others now. */
  #from: bigint | null = null;

  /** @param connection has `token_life`. */
  constructor(connection: DuckDBConnection, prepared: PreparedStatements) {
    this.#connection = connection;
    this.#prepared = prepared;
  }

  async create(): Promise<void> {
    await this.#connection.run('CREATE TABLE met_token_life AS FROM token_life LIMIT 0');
  }

  /** Notes that lives may be others now. */
  change(): void {
    this.#from = null;
  }

  /** Brings it up to date where a statement reads it. @param segments with the rows of the range, and others. */
  async fillFor(sql: string, moments: Moments & EventRange, segments: readonly SegmentFile[]): Promise<void> {
    const { from = moments.since, until } = moments;
    if (this.#from === from || !/\bmet_token_life\b/.test(sql)) return;
    const rows = touching(segments, { since: from, until }).reduce((sum, file) => sum + file.rows, 0);
    const kind = rows > rowsMax ? 'VIEW' : 'TABLE';
    if (this.#kind !== kind || kind === 'VIEW') {
      await this.#connection.run(`DROP ${this.#kind} met_token_life`);
      const used = kind === 'VIEW' ? `WHERE last_seen >= ${timestampLiteral(from)}` : 'LIMIT 0';
      await this.#connection.run(`CREATE ${kind} met_token_life AS FROM token_life ${used}`);
      this.#kind = kind;
    }
    if (kind === 'TABLE') {
      await this.#prepared.read('DELETE FROM met_token_life');
      await this.#prepared.read('INSERT INTO met_token_life FROM token_life WHERE last_seen >= $from::TIMESTAMP', {
        from,
      });
    }
    this.#from = from;
  }
}
