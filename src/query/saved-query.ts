import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { parameterNames, textLiteral, timestampLiteral } from '../detect/parameter.ts';

const common = { doc: z.string().min(1) };

/** Parameters of a saved query; one without a default must be given. A token is named as `token_id` begins. */
const parameterSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('token'), default: z.literal('').optional(), ...common }),
  z.strictObject({ type: z.literal('text'), default: z.string().optional(), ...common }),
  z.strictObject({ type: z.literal('time'), default: z.null().optional(), ...common }),
]);

const headerSchema = z.strictObject({
  title: z.string().min(1),
  description: z.string().min(1),
  params: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), parameterSchema),
});

/** A question to the lake that comes with saswatch: a file of `library/`. */
export interface SavedQuery extends z.infer<typeof headerSchema> {
  readonly name: string;
  /** The statement with its `$name` parameters. */
  readonly sql: string;
}

/** What a parameter may be given: a text, or a time in UTC microseconds. */
export type SavedValue = string | bigint | null;

const folder = dirname(fileURLToPath(import.meta.resolve('#library/coverage.sql')));
const form = /^\/\*---\r?\n([\s\S]*?)---\*\/\s*([\s\S]*?);?\s*$/;

/** Every saved query, by name. */
export async function savedQueries(): Promise<SavedQuery[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(files.map((file) => readSaved(file.slice(0, -'.sql'.length))));
}

/** @throws AppError CONFIG_INVALID where there is none of this name. */
export async function savedQuery(name: string): Promise<SavedQuery> {
  const names = (await savedQueries()).map((query) => query.name);
  if (names.includes(name)) return readSaved(name);
  throw new AppError('CONFIG_INVALID', `There is no saved query "${name}"; there are ${names.join(', ')}.`);
}

async function readSaved(name: string): Promise<SavedQuery> {
  const [, yaml = '', sql = ''] = form.exec(await readFile(join(folder, `${name}.sql`), 'utf8')) ?? [];
  return { name, sql, ...headerSchema.parse(parse(yaml)) };
}

/**
 * The statement with its parameters written as literals.
 *
 * @throws AppError CONFIG_INVALID for a parameter that it does not have, or lacks.
 */
export function bindSaved({ name, sql, params }: SavedQuery, values: Readonly<Record<string, SavedValue>>): string {
  const known = Object.keys(params);
  const unknown = Object.keys(values).find((given) => !known.includes(given));
  if (unknown !== undefined) {
    throw new AppError('CONFIG_INVALID', `${name} has no parameter ${unknown}; it has ${known.join(', ')}.`);
  }
  const literals = new Map<string, string>();
  for (const parameter of parameterNames(sql)) {
    const declared = params[parameter];
    const value = values[parameter] ?? declared?.default;
    if (value === undefined) {
      throw new AppError('CONFIG_INVALID', `${name} needs the parameter ${parameter}: ${declared?.doc}.`);
    }
    literals.set(parameter, literalOf(value));
  }
  return sql.replace(/\$([a-z][a-z0-9_]*)/g, (whole, parameter: string) => literals.get(parameter) ?? whole);
}

function literalOf(value: SavedValue): string {
  if (value === null) return 'NULL';
  return typeof value === 'bigint' ? timestampLiteral(value) : textLiteral(value);
}
