import type { Detection } from './detection.ts';
import { type GrantView, readsGrants } from './kept-grants.ts';
import type { LogTokens } from './log-tokens.ts';
import type { ParameterValues } from './parameter.ts';

/** Views of which a rule may be shown the rows of some tokens alone, in relations named `met_…`. */
export const narrowViews = ['sas_use', 'token_day'] as const;
export type NarrowView = (typeof narrowViews)[number];

/** Those, and the lives of tokens: of these a posture rule may be shown the ones used since `$from` alone. */
type OnlyView = Detection['needs']['only'][number];

/** What the tables have of the views: five minutes without the bitmaps, which are most of a row, and of use by the day. */
export const narrowColumns = { sas_use: '* EXCLUDE (ip_bits, network_bits, object_bits)', token_day: '*' } as const;

/** What of the views a statement is to be shown, where that is less than there is. */
export interface Shown {
  readonly only: readonly OnlyView[];
  /** Views with all that tokens were granted. */
  readonly granted: readonly GrantView[];
  /** Of `log_row`; null for all. */
  readonly log: LogTokens | null;
  /** No earlier row of the log is read, UTC microseconds; null where nobody tells. */
  readonly logSince: bigint | null;
  /** Parts of the statement whose rows relations have. */
  readonly held: readonly { readonly part: string; readonly relation: string }[];
}

export const shownAll: Shown = { only: [], granted: [], log: null, logSince: null, held: [] };

/** A need reaches one day back: of a rule whose windows somebody has made longer nothing is left out. */
export function isLonger(values: ParameterValues): boolean {
  return Object.values(values).some((value) => typeof value === 'string');
}

/** The views of which a rule may be shown a part: of a posture rule, which is run while others are, no table of theirs. */
export function narrowViewsOf({ kind, needs, sql }: Detection, values: ParameterValues): readonly OnlyView[] {
  const isPosture = kind === 'posture';
  if (!isPosture && isLonger(values)) return [];
  const granted: readonly string[] = readsGrants(sql);
  return needs.only.filter((view) => (view === 'token_life') === isPosture && !granted.includes(view));
}

/** A statement that reads other relations in place of views, by their names. */
export function reading(sql: string, relations: ReadonlyMap<string, string>): string {
  return [...relations].reduce(
    (text, [view, relation]) => text.replaceAll(new RegExp(`\\b${view}\\b`, 'g'), relation),
    sql,
  );
}

/** A statement before whose own parts stand relations by the names of views, which they hide. */
export function under(relations: Readonly<Record<string, string>>, sql: string): string {
  const parts = Object.entries(relations).map(([name, relation]) => `${name} AS NOT MATERIALIZED (${relation})`);
  const [, recursive = '', rest = ''] = /^WITH\s+(RECURSIVE\s+)?([\s\S]*)$/i.exec(sql) ?? [];
  return rest === '' ? `WITH ${parts.join(',\n')}\n${sql}` : `WITH ${recursive}${parts.join(',\n')},\n${rest}`;
}
