import type { ErrorCode } from '../core/errors.ts';
import type { ResultColumn, Row } from './cell.ts';
import type { QueryLimits } from './sandbox.ts';

/** The first message: which lake to open, and what the query may use. */
export interface OpenRequest {
  readonly kind: 'open';
  readonly dataDir: string;
  readonly tempDir: string;
  /** Write the result to this Parquet file instead of sending rows; null: send them. */
  readonly parquetPath: string | null;
  readonly limits: QueryLimits;
}

/** Parent to child: `open`, then `run`, then `next` for every answer but the last; the child never runs ahead. */
export type ToQueryProcess = OpenRequest | { readonly kind: 'run'; readonly sql: string } | { readonly kind: 'next' };

/** Child to parent, one for each message received. */
export type FromQueryProcess =
  | { readonly kind: 'ready' }
  | { readonly kind: 'columns'; readonly columns: readonly ResultColumn[] }
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | { readonly kind: 'end'; readonly truncated: boolean }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly message: string };
