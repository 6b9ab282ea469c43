import { AppError } from '../core/errors.ts';
import { jsonLine } from '../query/render/jsonl.ts';
import { lineText } from '../query/render/terminal-text.ts';
import { bindSaved, type SavedQuery, type SavedValue, savedQueries } from '../query/saved-query.ts';
import { openReader } from '../store/reader.ts';
import { write } from './effects.ts';
import { parseMoment } from './option-values.ts';
import { coverageLine, coverageOf } from './replay/coverage.ts';
import type { Session } from './session.ts';
import { parseTokenReference } from './token-reference.ts';

/** A saved query with its parameters in place, and the time it asks about, UTC microseconds. */
export interface Question {
  readonly sql: string;
  readonly range: { readonly since: bigint | null; readonly until: bigint | null };
}

/**
 * Reads `--param` texts by the types of the parameters: a token by its hash or its URL, which is hashed here and kept nowhere.
 *
 * @throws AppError CONFIG_INVALID; the text of a token is not repeated.
 */
export async function bindQuestion(query: SavedQuery, given: readonly string[], now: Date): Promise<Question> {
  const values: Record<string, SavedValue> = {};
  for (const text of given) {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(0, at));
    if (at < 1) throw new AppError('CONFIG_INVALID', 'A parameter is written --param NAME=VALUE.');
    values[name] = parameterValue(query.params[name]?.type, name, text.slice(at + 1), now);
  }
  const time = (name: string) => (typeof values[name] === 'bigint' ? values[name] : null);
  return { sql: bindSaved(query, values), range: { since: time('since') ?? time('revoked'), until: time('until') } };
}

function parameterValue(type: SavedQuery['params'][string]['type'] | undefined, name: string, text: string, now: Date) {
  if (type === 'time') {
    try {
      return parseMoment(text)(now);
    } catch {
      throw new AppError(
        'CONFIG_INVALID',
        `The parameter ${name} is a time, as 2023-06-22, 2023-06-22T10:00:00Z or -24h, not ${text}.`,
      );
    }
  }
  if (type !== 'token') return text;
  const { digits, fingerprint } = parseTokenReference(text);
  return digits ?? (fingerprint ?? 0n).toString(16).padStart(16, '0');
}

/** The saved queries with their parameters. */
export async function listSaved({ effects, json }: Session): Promise<undefined> {
  for (const { name, title, description, params } of await savedQueries()) {
    const lines = Object.entries(params).map(([parameter, { type, doc, ...rest }]) => {
      const needed = 'default' in rest ? '' : ', needed';
      return `    --param ${parameter}=…  ${doc} (${type}${needed})\n`;
    });
    await write(
      effects.stdout,
      json ? jsonLine({ name, title, description, params }) : `${name}  ${title}\n${lines.join('')}`,
    );
  }
}

/** Says for which hours of the time asked about there are records: no answer is worth more than that. */
export async function tellCoverage(session: Session, range: Question['range']): Promise<void> {
  if (session.quiet) return;
  const reader = await openReader(session.config().data);
  try {
    const coverage = await coverageOf(reader, range);
    const lines = coverage.length === 0 ? ['coverage: no records at all'] : coverage.map(coverageLine);
    session.effects.stderr.write(lines.map((line) => `${lineText(line)}\n`).join(''));
  } finally {
    reader.close();
  }
}
