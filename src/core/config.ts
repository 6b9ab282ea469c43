import { z } from 'zod';
import {
  type ConfigFile,
  type Environment,
  environmentLayer,
  fileLayer,
  fromText,
  type Layer,
} from './config-layers.ts';
import { type Config, camelKeys, configSchema, type Leaf, leaves } from './config-schema.ts';
import { AppError } from './errors.ts';

export type { Config };

/** Values given on the command line, by the dotted name of the setting; `undefined` means not given. */
export type ConfigFlags = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** One setting with the place its value came from, for `saswatch config show`. */
export interface Setting {
  /** Dotted, as in the file: `ingest.flush_interval_ms`. */
  readonly name: string;
  /** As configured; of a secret only that it is set. */
  readonly value: unknown;
  /** `default`, `file saswatch.yaml:3`, `env SASWATCH_…` or `flag`. */
  readonly origin: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly settings: readonly Setting[];
}

export interface ConfigSources {
  readonly file: ConfigFile | null;
  readonly env: Environment;
  readonly flags: ConfigFlags;
  /** Cores of this machine: the default of `ingest.lanes`. */
  readonly cores: number;
  /** Reads the file a `…_FILE` variable names. */
  readonly readSecret: (path: string) => string;
}

function flagLayer(flags: ConfigFlags, known: readonly Leaf[]): Layer {
  return new Map(
    known.flatMap(({ name, schema }) => {
      const value = flags[name];
      if (value === undefined) return [];
      return [[name, { value: typeof value === 'string' ? fromText(schema, value) : value, origin: 'flag' }] as const];
    }),
  );
}

/** `{ a: { b: value } }` from `['a', 'b']`, laid over `target`. */
function withValue(target: unknown, [key = '', ...rest]: readonly string[], value: unknown): Record<string, unknown> {
  const base = typeof target === 'object' && target !== null ? (target as Record<string, unknown>) : {};
  return { ...base, [key]: rest.length === 0 ? value : withValue(base[key], rest, value) };
}

/**
 * Makes the configuration from its sources: flag over environment over file over default.
 *
 * @throws AppError CONFIG_INVALID naming the setting, the place it was set and what it may be.
 */
export function parseConfig({ file, env, flags, cores, readSecret }: ConfigSources): LoadedConfig {
  const known = leaves();
  const layers = [
    flagLayer(flags, known),
    environmentLayer(env, known, readSecret),
    file === null ? new Map() : fileLayer(file, known),
    new Map([['ingest.lanes', { value: cores, origin: 'default' }]]),
  ];
  const sections = known.flatMap(({ path }) => (path.length > 1 ? [path[0]] : []));
  let spec: Record<string, unknown> = Object.fromEntries(sections.map((section) => [section, {}]));
  const origins = new Map<string, string>();
  for (const { name, path } of known) {
    const candidate = layers.map((layer) => layer.get(name)).find((found) => found !== undefined);
    if (candidate) spec = withValue(spec, path, candidate.value);
    origins.set(name, candidate?.origin ?? 'default');
  }
  const parsed = configSchema.safeParse(spec);
  if (!parsed.success) throw rejection(parsed.error, known, spec, origins);
  const settings = known.map(({ name, path, secret }) => {
    const value = path.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], parsed.data);
    return { name, value: secret && value !== null ? '********' : value, origin: origins.get(name) ?? 'default' };
  });
  return { config: camelKeys(parsed.data), settings };
}

/** Names what is wrong down to the entry of a list, and the value; of a secret no value. */
function rejection(
  error: z.ZodError,
  known: readonly Leaf[],
  spec: unknown,
  origins: ReadonlyMap<string, string>,
): AppError {
  const lines = error.issues.map(({ path, message }) => {
    const dotted = path
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
      .join('')
      .slice(1);
    const leaf = known.find((each) => each.path.every((key, depth) => key === path[depth]));
    const value = path.reduce<unknown>((node, key) => (node as Record<PropertyKey, unknown> | undefined)?.[key], spec);
    const got =
      leaf === undefined || leaf.secret || value === undefined
        ? ''
        : ` (given: ${String(JSON.stringify(value)).slice(0, 80)})`;
    return `${dotted} (${origins.get(leaf?.name ?? '') ?? ''}): ${message}${got}`;
  });
  return new AppError('CONFIG_INVALID', `configuration: ${lines.join('; ')}`, { cause: error });
}

/** The page docs/config.md: every setting with its default, its variable and its meaning. */
export function renderConfig(): string {
  const rows = leaves().map(({ name, schema, variable, secret }) => {
    const fallback = name === 'ingest.lanes' ? 'number of cores' : `\`${JSON.stringify(schema.parse(undefined))}\``;
    const form = secret ? 'secret: environment only' : describeForm(schema);
    return `| \`${name}\` | ${form} | ${fallback} | \`${variable}\` | ${schema.description ?? ''} |`;
  });
  return `# Configuration

Made from \`src/core/config-schema.ts\`; do not edit. Settings stand in \`saswatch.yaml\`, section by section. A flag wins over
the environment, the environment over the file, the file over the default. Lists of texts in a variable are separated by commas, lists of
mappings are JSON.
A secret is taken from its variable, or from the file named by the variable with \`_FILE\` added.
\`saswatch config show\` prints every value with its origin.

| setting | form | default | variable | meaning |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function describeForm(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const {
    type,
    enum: choices,
    minimum,
    maximum,
    items,
  } = json.anyOf?.[0] && typeof json.anyOf[0] === 'object' ? json.anyOf[0] : json;
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ');
  if (type === 'number') return `number, ${minimum} to ${maximum}`;
  if (type === 'integer') return `integer, ${minimum} to ${maximum}`;
  if (type !== 'array') return 'text';
  return typeof items === 'object' && !Array.isArray(items) && items.type === 'object'
    ? 'list of mappings'
    : 'list of texts';
}
