import { contentId } from './position.ts';
import { redact } from './redaction.ts';
import { parseTimestamp } from './timestamp.ts';

/** What kind of grant a SAS is; the markers are `skoid`, then `srt`, then `sr`, `tn` or a queue's bare `sp`/`si`. */
export type SasKind = 'account' | 'service' | 'user_delegation';

/** Names of the SAS parameters kept as written, in the order of the `sas` dimension's columns. */
export const sasParameters = [
  'sv',
  'ss',
  'srt',
  'sr',
  'sp',
  'st',
  'se',
  'si',
  'sip',
  'spr',
  'sdd',
  'ses',
  'skoid',
  'sktid',
  'skt',
  'ske',
  'sks',
  'skv',
  'saoid',
  'suoid',
  'scid',
  'tn',
  'spk',
  'srk',
  'epk',
  'erk',
] as const;

export type SasParameter = (typeof sasParameters)[number];

/** One distinct set of SAS parameters as written, without signature: a row of the `sas` dimension. */
export interface SasSet {
  /** contentId of `name=value` lines: the kept parameters, URL-decoded, in the order of their names. */
  readonly sasId: bigint;
  readonly kind: SasKind;
  /** URL-decoded values. A parameter that is absent is absent here. */
  readonly parameters: Readonly<Partial<Record<SasParameter, string>>>;
  /** Typed values of st, se, skt, ske: microseconds since 1970 UTC, null where absent or not a time. */
  readonly stTime: bigint | null;
  readonly seTime: bigint | null;
  readonly sktTime: bigint | null;
  readonly skeTime: bigint | null;
}

const sortedParameters = [...sasParameters].sort();

/** Percent-decoded text; `+` stays, and what is no valid escape stays as written. */
export function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The parameters of a query by lower-case name, decoded; the first of several of one name. `&amp;` separates too. */
function queryParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of query.split(/&(?:amp;)*/)) {
    const equals = part.indexOf('=');
    if (equals < 1) continue;
    const name = decodePercent(part.slice(0, equals)).toLowerCase();
    if (!parameters.has(name)) parameters.set(name, decodePercent(part.slice(equals + 1)));
  }
  return parameters;
}

function sasKind(names: Pick<ReadonlyMap<string, string>, 'has'>): SasKind | null {
  const grant = names.has('sp') || names.has('si');
  if (!names.has('sig') && !(names.has('sv') && grant)) return null;
  if (names.has('skoid')) return 'user_delegation';
  if (names.has('srt')) return 'account';
  return names.has('sr') || names.has('tn') || grant ? 'service' : null;
}

function time(text: string | undefined): bigint | null {
  return text === undefined ? null : (parseTimestamp(text)?.micros ?? null);
}

/**
 * The SAS in a query, its signature left out.
 *
 * A query holds a SAS if it has `sig`, or `sv` and `sp` or `si` (logs may drop the signature), and the marks of a kind.
 * Names are read in any case and order.
 *
 * @param query the part after `?`, as written or redacted.
 * @returns null if there is no SAS in it.
 * @see https://learn.microsoft.com/azure/storage/common/storage-sas-overview
 */
export function parseSas(query: string): SasSet | null {
  const all = queryParameters(query);
  const kind = sasKind(all);
  if (kind === null) return null;
  const parameters: Partial<Record<SasParameter, string>> = {};
  let text = '';
  for (const name of sortedParameters) {
    const value = all.get(name);
    if (value === undefined) continue;
    parameters[name] = redact(value);
    text += `${name}=${parameters[name]}\n`;
  }
  return {
    sasId: contentId(text),
    kind,
    parameters,
    stTime: time(parameters.st),
    seTime: time(parameters.se),
    sktTime: time(parameters.skt),
    skeTime: time(parameters.ske),
  };
}

/** The one spelling of a value that the log formats may spell differently: times in microseconds, permissions sorted. */
function normalised(name: SasParameter, value: string, set: SasSet): string {
  switch (name) {
    case 'st':
      return set.stTime?.toString() ?? value;
    case 'se':
      return set.seTime?.toString() ?? value;
    case 'skt':
      return set.sktTime?.toString() ?? value;
    case 'ske':
      return set.skeTime?.toString() ?? value;
    case 'sp':
      return value.length === 1 ? value : [...value].sort().join('');
    default:
      return value;
  }
}

/**
 * Names a token without its signature: 64 bits over the account and the SAS parameters, the same whether they come from
 * a resource log, from `$logs` or from a pasted URL. Two tokens of one account with equal parameters share it.
 */
export function tokenFingerprint(account: string, set: SasSet): bigint {
  let text = `${account.toLowerCase()}\n`;
  for (const name of sortedParameters) {
    const value = set.parameters[name];
    if (value !== undefined) text += `${name}=${normalised(name, value, set)}\n`;
  }
  return contentId(text);
}
