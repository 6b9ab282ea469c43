import { contentId } from './position.ts';
import { redact } from './redaction.ts';
import { parseTimestamp } from './timestamp.ts';

/** What kind of grant a SAS is; the markers are `skoid`, then `srt`, then `sr`, `tn` or a queue's bare `sp`/`si`. */
export const sasKinds = ['account', 'service', 'user_delegation'] as const;

export type SasKind = (typeof sasKinds)[number];

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

/** The same in the order of their names, in which they are hashed. */
export const sortedParameters: readonly SasParameter[] = [...sasParameters].sort();

/** Percent-decoded text; `+` stays, and what is no valid escape stays as written. */
export function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  // Colons of times are nearly all there is to decode.
  const colons = text.replaceAll('%3A', ':');
  if (!colons.includes('%')) return colons;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Names a SAS is known by, with the place of each in what `knownParameters` returns. */
const places: ReadonlyMap<string, number> = new Map([...sortedParameters, 'sig'].map((name, place) => [name, place]));

/** Values of a query's known parameters as written, by place. */
type Values = readonly (string | undefined)[];

/** The known parameters of a query, names in any case and encoding; the first of several of one name. `&amp;` separates too. */
function knownParameters(query: string): Values {
  const values = new Array<string | undefined>(places.size).fill(undefined);
  let equals = -1;
  for (let at = 0; at < query.length; ) {
    while (query.startsWith('amp;', at) && at > 0) at += 4;
    const next = query.indexOf('&', at);
    const end = next < 0 ? query.length : next;
    if (equals < at) equals = query.indexOf('=', at);
    if (equals < 0) break;
    if (equals > at && equals < end) {
      const name = query.slice(at, equals);
      const place = places.get(name) ?? places.get(decodePercent(name).toLowerCase());
      if (place !== undefined) values[place] ??= query.slice(equals + 1, end);
    }
    at = end + 1;
  }
  return values;
}

function sasKind(values: Values): SasKind | null {
  const has = (name: SasParameter | 'sig') => values[places.get(name) ?? -1] !== undefined;
  const grant = has('sp') || has('si');
  if (!has('sig') && !(has('sv') && grant)) return null;
  if (has('skoid')) return 'user_delegation';
  if (has('srt')) return 'account';
  return has('sr') || has('tn') || grant ? 'service' : null;
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
  const values = knownParameters(query);
  const kind = sasKind(values);
  if (kind === null) return null;
  const parameters: Partial<Record<SasParameter, string>> = {};
  let text = '';
  for (const [place, name] of sortedParameters.entries()) {
    const value = values[place];
    if (value === undefined) continue;
    const clean = isHarmless(value) ? value : redact(decodePercent(value));
    parameters[name] = clean;
    text += `${name}=${clean}\n`;
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

/** A parameter's value, in which no `&` is, that neither decoding nor redaction changes. */
function isHarmless(value: string): boolean {
  return !value.includes('%') && !value.includes('=') && !value.includes('\\');
}

function isSorted(text: string): boolean {
  for (let i = 1; i < text.length; i++) if (text.charCodeAt(i - 1) > text.charCodeAt(i)) return false;
  return true;
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
      return isSorted(value) ? value : [...value].sort().join('');
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
