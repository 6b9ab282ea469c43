import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DuckDBConnection } from '@duckdb/node-api';
import { parse } from 'yaml';
import { z } from 'zod';
import { DuckDBTimestampValue } from '../core/duckdb.ts';
import { AppError, errorText } from '../core/errors.ts';
import { levels } from '../core/finding.ts';
import { bindParameters, type ParameterValues, parameterSchema } from '../detect/parameter.ts';
import type { EventRange } from '../detect/run.ts';
import type { Alarm } from './alarm.ts';

const headerSchema = z.strictObject({
  name: z.string().min(1),
  source: z.string().min(1),
  about: z.string().min(1),
  tactics: z.array(z.string()).min(1),
  level: z.enum(levels),
  params: z.record(z.string(), parameterSchema),
});

/**
 * A rule others have published, told again in SQL over `storage_log`. Its statement gives one row per caller, account and
 * UTC day, so that it is counted as rules of ours are.
 */
export interface PublishedRule extends z.infer<typeof headerSchema> {
  readonly sql: string;
}

const form = /^\/\*---\n([\s\S]*?)---\*\/\n([\s\S]+)$/;

function parsePublished(file: string, text: string): PublishedRule {
  const [, header, sql] = form.exec(text) ?? [];
  if (header === undefined || sql === undefined) {
    throw new AppError('DETECTION_INVALID', `${file} does not begin with a header between /*--- and ---*/.`);
  }
  return { ...headerSchema.parse(parse(header)), sql: sql.trim() };
}

/** The published rules, in order of their file names. */
export async function publishedRules(): Promise<PublishedRule[]> {
  const folder = dirname(fileURLToPath(import.meta.resolve('#published/sentinel-mass-deletion.sql')));
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(files.map(async (name) => parsePublished(name, await readFile(join(folder, name), 'utf8'))));
}

const rowSchema = z.object({
  account: z.string(),
  caller_ip: z.string().nullable(),
  level: z.enum(levels),
});

/**
 * Runs a published rule over a stretch of event time.
 *
 * @param connection has the store's views; is not written to.
 * @throws AppError DETECTION_FAILED if the statement fails.
 */
export async function runPublished(
  connection: DuckDBConnection,
  rule: PublishedRule,
  range: EventRange,
  values: ParameterValues = {},
): Promise<Alarm[]> {
  const result = await connection.runAndReadAll(bindParameters(rule, range, values)).catch((cause: unknown) => {
    throw new AppError('DETECTION_FAILED', `The published rule "${rule.name}" failed: ${errorText(cause)}`, { cause });
  });
  return result.getRowObjects().map((row) => {
    const { account, caller_ip: caller, level } = rowSchema.parse(row);
    const timeOf = (name: string): bigint => {
      const value = row[name];
      if (value instanceof DuckDBTimestampValue) return value.micros;
      throw new AppError('DETECTION_INVALID', `The published rule "${rule.name}" gives no timestamp ${name}.`);
    };
    return {
      rule: rule.name,
      level,
      tactics: rule.tactics,
      account,
      token: null,
      caller,
      firstSeen: timeOf('first_seen'),
      lastSeen: timeOf('last_seen'),
      alertAt: timeOf('alert_at'),
    };
  });
}
