import { limits } from '../../core/limits.ts';
import { isSecretName } from '../../core/redaction.ts';
import { cleanText } from './column-writer.ts';

/** The record is nested deeper than `limits.nestingMax`. */
export class NestingError extends Error {}

/** A text as JSON, cleaned before it is quoted, because redacting quoted text could end its string early. */
function quote(text: string): string {
  return JSON.stringify(cleanText(text));
}

function memberText(name: string, value: unknown, depth: number): string {
  const secret = typeof value === 'string' && value !== '' && isSecretName(name);
  return `${quote(name)}:${secret ? '"XXXXX"' : jsonText(value, depth)}`;
}

/**
 * `value` as compact JSON whose every text and name is clean; members stay in their order. A text under a secret's name
 * (`"sig": …`) becomes `XXXXX`.
 *
 * @param depth levels of nesting around `value`.
 * @throws NestingError
 */
export function jsonText(value: unknown, depth: number): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (depth >= limits.nestingMax) throw new NestingError();
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, depth + 1)).join(',')}]`;
  return `{${Object.entries(value)
    .map(([name, item]) => memberText(name, item, depth + 1))
    .join(',')}}`;
}

/** A JSON object of values by Azure path (`properties.smbFileId`), in the order they came; null if there are none. */
export function extraText(extra: ReadonlyMap<string, unknown>): string | null {
  if (extra.size === 0) return null;
  return `{${[...extra].map(([path, value]) => memberText(path, value, path.split('.').length)).join(',')}}`;
}
