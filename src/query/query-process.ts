import { join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { AppError, errorText } from '../core/errors.ts';
import { openReader } from '../store/reader.ts';
import { literal } from '../store/segment-writer.ts';
import type { QueryResult } from './cell.ts';
import { checkQuery } from './guard.ts';
import type { FromQueryProcess, OpenRequest, ToQueryProcess } from './protocol.ts';
import { resultOf } from './read.ts';
import { lockConnection } from './sandbox.ts';

/** Memory of the process beyond DuckDB's own limit: Node, and values DuckDB does not count, as one huge text. */
const overheadMbMax = 512;
const watchIntervalMs = 50;

/** Lets work run until its budget is spent; waiting for the reader of the rows costs nothing. */
class Deadline {
  private leftMs: number;
  private readonly onExpiry: () => void;
  expired = false;

  constructor(budgetMs: number, onExpiry: () => void) {
    this.leftMs = budgetMs;
    this.onExpiry = onExpiry;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const timer = setTimeout(() => {
      this.expired = true;
      this.onExpiry();
    }, this.leftMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      this.leftMs = Math.max(1, this.leftMs - (performance.now() - started));
    }
  }
}

/** Sends one message and waits until it is on its way. */
function send(message: FromQueryProcess): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

function received(): Promise<ToQueryProcess> {
  return new Promise((resolve) => process.once('message', resolve));
}

/** Sends an answer and waits for what the parent says to it. */
async function offer(message: FromQueryProcess): Promise<ToQueryProcess> {
  const reply = received();
  await send(message);
  return reply;
}

async function viewNames(connection: DuckDBConnection): Promise<string[]> {
  const reader = await connection.runAndReadAll(
    'SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY view_name',
  );
  return reader.getRows().map(([name]) => String(name));
}

async function start(
  connection: DuckDBConnection,
  sql: string,
  { parquetPath, limits }: OpenRequest,
): Promise<QueryResult> {
  if (parquetPath === null) return resultOf(await connection.stream(sql), limits.rowsMax);
  const limit = limits.rowsMax === 0 ? '' : ` LIMIT ${limits.rowsMax}`;
  const text = sql.trimEnd().replace(/;+$/, '');
  return resultOf(
    await connection.stream(
      `COPY (SELECT * FROM (\n${text}\n)${limit}) TO ${literal(parquetPath)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
    ),
  );
}

/** What the sender may know of an error: the text, without where the data lies on this machine. */
function reportOf(error: unknown, expired: boolean, { dataDir, limits }: OpenRequest): FromQueryProcess {
  if (expired) {
    const message = `the query was stopped after ${limits.timeoutMs / 1000} s; narrow it by time, or raise --timeout`;
    return { kind: 'error', code: 'QUERY_FAILED', message };
  }
  if (error instanceof AppError) return { kind: 'error', code: error.code, message: error.message };
  const message = errorText(error).replaceAll(resolve(dataDir), '<data>');
  return { kind: 'error', code: 'QUERY_FAILED', message };
}

async function serve(request: OpenRequest): Promise<void> {
  const { dataDir, tempDir, parquetPath, limits } = request;
  let interrupt = () => {};
  const deadline = new Deadline(limits.timeoutMs, () => interrupt());
  try {
    const { connection } = await openReader(dataDir);
    interrupt = () => connection.interrupt();
    const views = await viewNames(connection);
    const folders = ['lake', 'manifest'].map((name) => join(resolve(dataDir), name));
    await lockConnection(connection, { folders, outPath: parquetPath, tempDir, limits });
    const asked = await offer({ kind: 'ready' });
    const sql = asked.kind === 'run' ? asked.sql : '';
    const result = await deadline.run(async () => {
      await checkQuery(connection, sql, views);
      return start(connection, sql, request);
    });
    await offer({ kind: 'columns', columns: result.columns });
    const batches = result.batches[Symbol.asyncIterator]();
    for (;;) {
      const { done, value: rows } = await deadline.run(() => batches.next());
      if (done) break;
      await offer({ kind: 'rows', rows });
    }
    await send({ kind: 'end', truncated: result.truncated() });
  } catch (error) {
    await send(reportOf(error, deadline.expired, request));
  }
  // DuckDB may still be winding down a stopped query; nothing of this process is worth waiting for.
  process.exit(0);
}

/** Ends the process when it holds more than it may: `repeat('x', 2e9)` escapes DuckDB's own limit. */
function watchMemory({ memoryMbMax }: OpenRequest['limits']): void {
  const bytesMax = (memoryMbMax + overheadMbMax) * 2 ** 20;
  setInterval(async () => {
    if (process.memoryUsage.rss() <= bytesMax) return;
    const message = `the query needed more than ${memoryMbMax} MB (query.memory_mb_max) and was stopped`;
    await send({ kind: 'error', code: 'QUERY_FAILED', message });
    process.exit(0);
  }, watchIntervalMs).unref();
}

process.on('disconnect', () => process.exit(0));
const first = await received();
if (first.kind === 'open') {
  watchMemory(first.limits);
  await serve(first);
}
