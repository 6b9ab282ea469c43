import { z } from 'zod';
import { AppError } from '../core/errors.ts';

const intervalPattern = /^\d+ (second|minute|hour|day|week|month|year)s?$/;

const unit = { unit: z.string().optional() };

/** Declaration of a threshold in a rule's header. */
export const parameterSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('integer'), default: z.int(), ...unit }),
  z.strictObject({ type: z.literal('number'), default: z.number(), ...unit }),
  z.strictObject({ type: z.literal('interval'), default: z.string().regex(intervalPattern), ...unit }),
]);

type Parameter = z.infer<typeof parameterSchema>;

/** Values given for some parameters of a rule instead of their defaults. */
export type ParameterValues = Readonly<Record<string, string | number>>;

/** Quoted text, quoted names and comments come first, so that a `$` inside them is left alone. */
const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\$([a-z][a-z0-9_]*)/g;

/** Names of the `$name` parameters of a statement. */
export function parameterNames(sql: string): ReadonlySet<string> {
  const names = [...sql.matchAll(tokens)].flatMap(([, name]) => (name === undefined ? [] : [name]));
  return new Set(names);
}

/** A SQL text literal; a zero byte would end the statement. */
export function textLiteral(text: string): string {
  const quoted = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return quoted.length === 1 ? (quoted[0] ?? '') : `(${quoted.join(' || chr(0) || ')})`;
}

/** Between the years that are written with four digits. */
const years = { first: -62_135_596_800_000_000n, last: 253_402_300_800_000_000n };

/** A SQL timestamp literal of UTC microseconds since 1970. */
export function timestampLiteral(micros: bigint): string {
  if (micros < years.first || micros >= years.last) return `make_timestamp(${micros})`;
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - fraction) / 1_000n)).toISOString().slice(0, 19).replace('T', ' ');
  return `TIMESTAMP '${seconds}${fraction === 0n ? '' : `.${fraction.toString().padStart(6, '0')}`}'`;
}

function parameterLiteral(name: string, { type }: Parameter, value: string | number): string {
  if (type === 'interval' && typeof value === 'string' && intervalPattern.test(value)) return `INTERVAL '${value}'`;
  if (type === 'integer' && typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (type === 'number' && typeof value === 'number' && Number.isFinite(value)) return `${value}::DOUBLE`;
  throw new AppError(
    'DETECTION_INVALID',
    `Parameter ${name} was given ${JSON.stringify(value)}, but it is of type ${type}${type === 'interval' ? ", as '15 minutes'" : ''}.`,
  );
}

interface Parametrised {
  readonly sql: string;
  readonly params: Readonly<Record<string, Parameter>>;
}

function withLiterals(sql: string, literals: ReadonlyMap<string, string>): string {
  return sql.replace(tokens, (whole, name: string | undefined) =>
    name === undefined ? whole : (literals.get(name) ?? whole),
  );
}

/**
 * Writes the thresholds into a rule's statement as literals; `$since` and `$until` stay.
 *
 * @throws AppError DETECTION_INVALID where a value does not fit its parameter's type.
 */
export function bindValues({ sql, params }: Parametrised, values: ParameterValues = {}): string {
  const literals = Object.entries(params).map(
    ([name, parameter]) => [name, parameterLiteral(name, parameter, values[name] ?? parameter.default)] as const,
  );
  return withLiterals(sql, new Map(literals));
}

/** Writes times, UTC microseconds, for `$since`, `$until` and whatever else they are named. */
export function bindMoments(sql: string, moments: Readonly<Record<string, bigint>>): string {
  return withLiterals(
    sql,
    new Map(Object.entries(moments).map(([name, micros]) => [name, timestampLiteral(micros)] as const)),
  );
}

/**
 * Writes the parameters into a rule's statement as literals, so that it runs as it stands in any DuckDB.
 *
 * @param range since: start of the range, UTC microseconds, included; until: its end, excluded.
 * @throws AppError DETECTION_INVALID where a value does not fit its parameter's type.
 */
export function bindParameters(
  statement: Parametrised,
  range: { readonly since: bigint; readonly until: bigint },
  values: ParameterValues = {},
): string {
  return bindMoments(bindValues(statement, values), { since: range.since, until: range.until });
}
