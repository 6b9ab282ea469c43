import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { levels } from '../core/finding.ts';
import { parameterNames, parameterSchema } from './parameter.ts';
import { partQuery } from './statement-part.ts';

/** What a rule may find doing something. Rules about tokens return `token_hash`, the others `entity`, a text. */
const entityKinds = ['token', 'account', 'container', 'network', 'signing_key', 'requester'] as const;

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** How many copies of a test row, and how far apart in time; `{i}` in its text values counts them from 0. */
const repetition = { repeat: z.int().positive().optional(), every: z.string().optional() };

const testRow = z.object(repetition).catchall(scalar);

/** A row of the view `feed`, as a test gives it: an address range of a dated list. */
const testFeed = z.record(z.string(), scalar);

const testSchema = z.strictObject({
  name: z.string().min(1),
  rows: z.array(testRow),
  feeds: z.array(testFeed).default([]),
  expect: z.array(z.record(z.string(), z.union([scalar, z.array(scalar)]))),
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
});

const condition = z.string().min(1);
const partName = z.string().regex(/^[a-z_]+$/);
const oneOrMore = (text: z.ZodString) => z.union([text.transform((one) => [one]), z.array(text).min(1)]);

/**
 * SQL conditions without which a rule finds nothing, so that its statement need not be run; each over one row. Where several
 * are given, each must be met by some row.
 *
 * `account`: what was done in an account by a kind of authentication, the columns of `account_day`; `token`: what a token
 * did, the counters of `sas_use`, with its containers, times, `sip` and validity, all over the days judged and the day before,
 * with `first_seen` and `requests` of its life. `log`: a row of `log_row` that the rule has not seen.
 * `part`: a part of the rule's own WITH clause, by its name, that must have rows; one that does not read the log. It may be a list:
 * each is asked of what the one before has, so that one that is quickly asked and mostly empty spares the others.
 *
 * Where tokens are judged each by itself, the rule need not see the others: `only` names the views of which it is shown the
 * rows of tokens that meet `token`; a posture rule may name `token_life` there, of which it is shown the tokens used since the
 * first row that came. `rows`, an SQL time: of the log it reads rows of the tokens of `part` alone, the last of them, which has
 * their `token_key` and `account`, and none before that time; where it is told by the `day` of `part`, none after that day.
 * `daily`: a part with a `day` that has of each of those tokens and days what that day's rows of it alone make: days before those
 * judged are kept from run to run, and what comes after the part is shown all that are.
 * `older`: a further `part` with the tokens and days of which `daily` has to have older days too, from `rows` on, an SQL time.
 * `proof`: a further part that must have rows, or several; they may read these. One that stands before the part of `daily` or
 * `past` in the statement is asked first.
 * `past`: a `part` that groups rows of the whole log by `account`, another column, `by`, and `day`, and is asked of those of the
 * first `proof` from `rows` on, an SQL time before the `day` of each: kept as `daily` is. Asked of those of `of`, where that is
 * given: a part that must have rows too, and may leave out those of which it knows enough from what is kept. Of several `rows`
 * one is asked after the other, of those that `of` still has then, and only with the last of them what is of that `day` itself.
 */
const needsSchema = z.strictObject({
  account: condition.optional(),
  token: condition.optional(),
  log: condition.optional(),
  part: oneOrMore(partName).optional(),
  only: z.array(z.enum(['sas_use', 'token_day', 'token_life'])).default([]),
  rows: condition.optional(),
  daily: partName.optional(),
  older: z.strictObject({ part: partName, rows: condition }).optional(),
  proof: oneOrMore(partName).optional(),
  past: z
    .strictObject({ part: partName, of: partName.optional(), by: partName, rows: oneOrMore(condition) })
    .optional(),
});

const sentences = z.array(z.string().min(1)).min(1);

const headerSchema = z.strictObject({
  title: z.string().min(1),
  id: z.uuid(),
  code: z.string().regex(/^[A-Z](-[A-Z]{2,3})?-\d+$/, 'expected a code as P-02 or W-EXF-1'),
  version: z.int().positive(),
  status: z.enum(['experimental', 'test', 'stable']),
  kind: z.enum(['posture', 'window', 'baseline', 'sequence']),
  /** `run`: judged at every run, over the days that rows came for. `day`: once a UTC day is over; for costly statements. */
  every: z.enum(['run', 'day']).default('run'),
  entity: z.enum(entityKinds),
  level: z.enum(levels),
  description: z.string().min(1),
  references: z.array(z.url()).default([]),
  author: z.string().optional(),
  date: z.iso.date(),
  modified: z.iso.date().optional(),
  tags: z.array(z.string().regex(/^attack\.(t\d{4}(\.\d{3})?|[a-z-]+)$/)).min(1),
  falsepositives: sentences,
  blindspots: sentences,
  params: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), parameterSchema),
  needs: needsSchema.default({ only: [] }),
  runbook: z.string().min(1),
  response: z.string().optional(),
  tests: z.array(testSchema).min(1),
});

type Header = z.infer<typeof headerSchema>;

/** One row of a rule's own test: how it differs from the benign row, and how often it repeats. */
export type TestRow = z.infer<typeof testRow>;
export type DetectionTest = z.infer<typeof testSchema>;

/** One rule file: its header, and the statement it runs. */
export interface Detection extends Header {
  /** Path or name of the file it was read from, for messages. */
  readonly file: string;
  /** The statement with its `$name` parameters, without the header comment. */
  readonly sql: string;
}

const headerPattern = /^\/\*---\r?\n([\s\S]*?)---\*\//;

function invalid(file: string, place: string, problem: string, cause?: unknown): AppError {
  return new AppError(
    'DETECTION_INVALID',
    `${file}${place}: ${problem}. Correct the rule file, then run \`saswatch detect test\`.`,
    { cause, file },
  );
}

function readHeader(file: string, text: string): Header {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const [error] = document.errors;
  if (error !== undefined) {
    // The header's first line stands on line 2 of the file.
    throw invalid(file, `:${lineCounter.linePos(error.pos[0]).line + 1}`, error.message.split('\n')[0] ?? '', error);
  }
  const parsed = headerSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  // A misspelt field also leaves the right one missing; the misspelling is the better place to point at.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path.filter((step) => typeof step !== 'symbol') ?? []), ...unknown];
  const node = document.getIn(path, true);
  const offset = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  const start: unknown = Array.isArray(offset) ? offset[0] : 0;
  const line = lineCounter.linePos(typeof start === 'number' ? start : 0).line + 1;
  throw invalid(file, `:${line}`, `${path.join('.') || 'header'}: ${issue?.message ?? 'is not valid'}`, parsed.error);
}

function checkNeeds(
  file: string,
  { kind, needs: { token, part, only, rows, daily, older, proof, past } }: Header,
  sql: string,
): void {
  const named = { part, daily, older: older?.part, proof, past: [past?.part, past?.of] };
  for (const [name, values] of Object.entries(named)) {
    const lost = [values].flat().find((value) => value !== undefined && partQuery(sql, value) === undefined);
    if (lost !== undefined)
      throw invalid(
        file,
        '',
        `needs.${name} names ${lost}, but the statement has no \`${lost} AS (\` at the start of a line`,
      );
  }
  if (only.includes('sas_use') && !/\btoken_day\b/.test(sql) && /\b(ip|network|object)_bits\b/.test(sql))
    throw invalid(file, '', 'needs.only shows sas_use without its bitmaps, but the statement names one');
  if (only.some((view) => view !== 'token_life') && token === undefined)
    throw invalid(file, '', 'needs.only shows tokens that meet needs.token');
  if (only.includes('token_life') && kind !== 'posture')
    throw invalid(file, '', 'needs.only shows lives of tokens to posture rules');
  if (rows !== undefined && part === undefined) throw invalid(file, '', 'needs.rows is of the tokens of needs.part');
  if (past !== undefined && proof === undefined)
    throw invalid(file, '', 'needs.past is asked of the rows of needs.proof');
  if (older !== undefined && daily === undefined)
    throw invalid(file, '', 'needs.older is of the days that needs.daily keeps');
  for (const [name, value] of Object.entries({ daily, proof })) {
    if (value !== undefined && rows === undefined)
      throw invalid(file, '', `needs.${name} reads the rows that needs.rows tells`);
  }
}

/**
 * Reads the text of a rule file: YAML header in the leading `/*---` comment, then one SQL statement.
 *
 * @throws AppError DETECTION_INVALID naming file, line and field.
 */
export function parseDetection(file: string, text: string): Detection {
  const match = headerPattern.exec(text);
  const [whole, yaml] = match ?? [];
  if (whole === undefined || yaml === undefined) {
    throw invalid(file, ':1', 'a rule begins with a header comment, /*--- on a line of its own, closed by ---*/');
  }
  if (yaml.includes('*/')) throw invalid(file, '', 'the header holds */, which ends the comment early');
  const header = readHeader(file, yaml);
  const sql = text.slice(whole.length).trim().replace(/;$/, '');
  if (!/^(WITH|SELECT|FROM)\b/i.test(sql)) throw invalid(file, '', 'after the header comes one SELECT statement');
  const used = parameterNames(sql);
  for (const name of ['since', 'until']) {
    if (!used.has(name))
      throw invalid(file, '', `the statement does not use $${name}, so it would read every hour there is`);
    if (name in header.params) throw invalid(file, '', `params.${name} is given by the run and cannot be declared`);
  }
  const { older, past, ...conditions } = header.needs;
  for (const name of [
    ...used,
    ...[...Object.values(conditions), older?.rows, past?.rows]
      .flat()
      .flatMap((need) => [...parameterNames(need ?? '')]),
  ]) {
    if (name !== 'since' && name !== 'until' && !(name in header.params)) {
      throw invalid(file, '', `$${name} is used but params.${name} is not declared`);
    }
  }
  for (const name of Object.keys(header.params)) {
    if (!used.has(name)) throw invalid(file, '', `params.${name} is declared but $${name} is not used`);
  }
  checkNeeds(file, header, sql);
  return { ...header, file, sql };
}
