import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { AppError } from '../../core/errors.ts';
import { render, type StreamFormat, streamFormats } from '../../query/render/format.ts';
import { runQuery } from '../../query/run-query.ts';
import { savedQuery } from '../../query/saved-query.ts';
import { emptyManifest, readManifest } from '../../store/manifest.ts';
import { write } from '../effects.ts';
import { tellEmptyLake } from '../empty-lake.ts';
import { collect, parseCount, parseDuration } from '../option-values.ts';
import { fillFile, replaceFile } from '../output-file.ts';
import { bindQuestion, listSaved, tellCoverage } from '../saved-question.ts';
import type { Act, Session } from '../session.ts';

interface Options {
  readonly format?: StreamFormat | 'parquet';
  readonly out?: string;
  readonly timeout?: number;
  readonly rowsMax?: number;
  /** True: list them. */
  readonly saved?: string | true;
  readonly param?: readonly string[];
}

const examples = `
Examples:
  saswatch query "SELECT operation_class, count(*) AS n FROM storage_log GROUP BY ALL ORDER BY n DESC"
  saswatch query "SHOW TABLES"
  saswatch query --format parquet --out case.parquet - < case.sql
  saswatch query --saved                                          lists the questions that come with saswatch
  saswatch query --saved objects-read --param token=1A2D5E05A8B1E8CB --param except_container=models`;

const formatByEnding: ReadonlyMap<string, StreamFormat | 'parquet'> = new Map([
  ['json', 'json'],
  ['jsonl', 'json'],
  ['ndjson', 'json'],
  ['csv', 'csv'],
  ['arrow', 'arrow'],
  ['parquet', 'parquet'],
]);

/** The format asked for: by name, by --json, by the ending of the file. */
function formatOf({ format, out }: Options, json: boolean): StreamFormat | 'parquet' {
  return format ?? (json ? 'json' : (formatByEnding.get(out?.split('.').at(-1) ?? '') ?? 'table'));
}

function noteIfCut(cut: boolean, rowsMax: number, { effects }: Session): void {
  if (cut) effects.stderr.write(`only the first ${rowsMax} rows; there are more (--rows-max 0 gives all)\n`);
}

async function runToFile(out: string, sql: string, session: Session, options: Options): Promise<void> {
  const format = formatOf(options, session.json);
  const { query, data } = session.config({
    'query.timeout_ms': options.timeout,
    'query.rows_max': options.rowsMax ?? 0,
  });
  const common = { dataDir: data, limits: query, signal: session.effects.signal };
  await replaceFile(out, async (path) => {
    if (format === 'parquet') {
      const { batches } = await runQuery(sql, { ...common, parquetPath: path });
      for await (const _ of batches);
    } else {
      const result = await runQuery(sql, common);
      await fillFile(path, (sink) => render(result, format, sink, { terminal: false, width: null }));
      noteIfCut(result.truncated(), query.rowsMax, session);
    }
  });
}

async function runToStdout(sql: string, session: Session, options: Options): Promise<void> {
  const { effects } = session;
  const format = formatOf(options, session.json);
  if (format === 'parquet' || (format === 'arrow' && effects.isTTY.stdout)) {
    throw new AppError('CONFIG_INVALID', `${format} goes into a file: add --out FILE`);
  }
  const { query, data } = session.config({ 'query.timeout_ms': options.timeout, 'query.rows_max': options.rowsMax });
  const result = await runQuery(sql, { dataDir: data, limits: query, signal: effects.signal });
  const screen = { terminal: effects.isTTY.stdout, width: effects.width() };
  await render(result, format, (piece) => write(effects.stdout, piece), screen);
  noteIfCut(result.truncated(), query.rowsMax, session);
}

export function define(command: Command, act: Act): void {
  command
    .argument('[sql]', 'one SELECT, also DESCRIBE, SUMMARIZE, SHOW TABLES or EXPLAIN; - reads it from standard input')
    .addOption(
      new Option('--format <format>', 'how to write the result (default: by the ending of --out, else table)').choices([
        ...streamFormats,
        'parquet',
      ]),
    )
    .option('--out <file>', 'write all rows to this file, replacing it, instead of standard output')
    .option('--timeout <duration>', 'stop the query after this time, as 30s or 5m (default: 60s)', parseDuration)
    .option('--rows-max <n>', 'give at most this many rows, 0 for all (default: 10000; with --out: all)', parseCount(0))
    .option('--saved [name]', 'a question that comes with saswatch; without a name, list them')
    .option('--param <name=value>', 'a parameter of the saved question; may be given again', collect)
    .addHelpText('after', examples);

  act<Options>(command, async ({ session, options, operands: [operand] }) => {
    const { saved, param = [] } = options;
    if ((operand === undefined) === (saved === undefined) || (param.length > 0 && typeof saved !== 'string')) {
      throw new AppError('CONFIG_INVALID', 'Give either SQL, or --saved NAME with its --param NAME=VALUE.');
    }
    if (saved === true) return listSaved(session);
    if (saved !== undefined) {
      const question = await bindQuestion(await savedQuery(saved), param, session.effects.clock());
      await tellCoverage(session, question.range);
      return runStatement(question.sql, session, options);
    }
    const sql = operand === '-' ? await text(session.effects.stdin) : (operand ?? '');
    return runStatement(sql, session, options);
  });
}

async function runStatement(sql: string, session: Session, options: Options): Promise<undefined> {
  if (options.out === undefined) await runToStdout(sql, session, options);
  else await runToFile(options.out, sql, session, options);
  const { data } = session.config();
  await tellEmptyLake(session, (await readManifest(data)) ?? emptyManifest, data);
}
