import type { DuckDBValue } from '@duckdb/node-api';
import { read } from '../query/read.ts';
import { render } from '../query/render/format.ts';
import type { Reader } from '../store/reader.ts';
import { write } from './effects.ts';
import type { Session } from './session.ts';

/** Runs a statement of ours over the lake and prints it: a table for people, an object a row with `--json`. */
export async function printResult(
  { effects, json }: Session,
  { connection }: Reader,
  sql: string,
  values: Record<string, DuckDBValue> = {},
): Promise<void> {
  const screen = { terminal: effects.isTTY.stdout, width: effects.width() };
  const result = await read(connection, sql, values);
  await render(result, json ? 'json' : 'table', (piece) => write(effects.stdout, piece), screen);
}
