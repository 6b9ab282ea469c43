import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { kernel, type Leaf } from './config-schema.ts';
import { AppError } from './errors.ts';

/** A value for a setting, before it is checked, and where it was found. */
export interface Candidate {
  readonly value: unknown;
  readonly origin: string;
}

/** What one layer says, by the setting's dotted name. */
export type Layer = ReadonlyMap<string, Candidate>;

export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('CONFIG_INVALID', message, { cause });
}

/**
 * The settings of a YAML file.
 *
 * @throws AppError CONFIG_INVALID, with the line, for broken YAML, an unknown setting or a secret.
 */
export function fileLayer({ path, text }: ConfigFile, known: readonly Leaf[]): Layer {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const [broken] = document.errors;
  if (broken) throw invalid(`${path}: ${broken.message}`, broken);

  const byName = new Map(known.map((leaf) => [leaf.name, leaf]));
  const layer = new Map<string, Candidate>();
  const visit = (node: unknown, section: string): void => {
    if (node === null || (isScalar(node) && node.value === null)) return;
    if (!isMap(node)) throw invalid(`${path}: ${section === '' ? 'the file' : section} must be a mapping of settings`);
    for (const { key, value } of node.items) {
      const name = `${section === '' ? '' : `${section}.`}${key}`;
      const place = isNode(key) && key.range ? `${path}:${counter.linePos(key.range[0]).line}` : path;
      const leaf = byName.get(name);
      if (leaf?.secret) {
        const { variable } = leaf;
        throw invalid(`${place}: ${name} is a secret and may not stand in a file; set ${variable} or ${variable}_FILE`);
      }
      if (leaf) layer.set(name, { value: isNode(value) ? value.toJS(document) : value, origin: `file ${place}` });
      else if (known.some((candidate) => candidate.name.startsWith(`${name}.`))) visit(value, name);
      else throw invalid(`${place}: unknown setting ${name}; ${siblings(section, known)}`);
    }
  };
  visit(document.contents, '');
  return layer;
}

/** The names a section (or the top of the file) knows, for messages. */
function siblings(section: string, known: readonly Leaf[]): string {
  const depth = section === '' ? 0 : section.split('.').length;
  const names = known
    .filter(({ name }) => section === '' || name.startsWith(`${section}.`))
    .map(({ path }) => path[depth]);
  return `${section === '' ? 'the file' : section} knows ${[...new Set(names)].join(', ')}`;
}

/**
 * The settings of the environment: `SASWATCH_INGEST__LANES=4`, and `…_FILE` naming a file that holds a secret.
 *
 * @throws AppError CONFIG_INVALID for a variable of this form that names no setting.
 */
export function environmentLayer(
  env: Environment,
  known: readonly Leaf[],
  readSecret: (path: string) => string,
): Layer {
  const layer = new Map<string, Candidate>();
  const variables = new Set(
    known.flatMap(({ variable, secret }) => (secret ? [variable, `${variable}_FILE`] : variable)),
  );
  // A single underscore may be anybody's: Kubernetes makes SASWATCH_PORT for a service called saswatch.
  const stray = Object.keys(env).find((name) => /^SASWATCH_\w+?__/.test(name) && !variables.has(name));
  if (stray !== undefined)
    throw invalid(`environment: ${stray} names no setting; "saswatch config show" lists them all`);

  for (const { name, schema, variable, secret } of known) {
    const text = env[variable];
    const secretPath = secret ? env[`${variable}_FILE`] : undefined;
    if (text !== undefined && secretPath !== undefined) {
      throw invalid(`environment: ${variable} and ${variable}_FILE are both set; keep one`);
    }
    if (text !== undefined) layer.set(name, { value: fromText(schema, text), origin: `env ${variable}` });
    if (secretPath !== undefined) {
      layer.set(name, { value: readSecret(secretPath).trim(), origin: `env ${variable}_FILE` });
    }
  }
  return layer;
}

/** JSON where it is JSON, else the text, which the schema then refuses. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The value a text stands for, where only texts can be given: in variables and flags. */
export function fromText(schema: z.ZodType, text: string): unknown {
  const inner = kernel(schema);
  if (inner instanceof z.ZodNumber) return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (inner instanceof z.ZodArray && inner.element instanceof z.ZodString)
    return text.split(',').map((part) => part.trim());
  if (inner instanceof z.ZodArray) return fromJson(text);
  return text;
}
