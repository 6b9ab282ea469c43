import { grants, withGrants } from '../store/entity-views.ts';

/**
 * What tables keep of what tokens were granted: what the rules of saswatch ask. Most kinds of SAS have few of the parameters, and
 * to keep all costs as much as the rest of a row.
 */
export const keptGrants = {
  sas_use: ['sp', 'se', 'si', 'sip', 'spr', 'st_time', 'se_time'],
  token_life: ['sv', 'ss', 'srt', 'sr', 'sp', 'se', 'si', 'sip', 'skoid', 'st_time', 'se_time'],
} as const;

const keptByAny = new Set<string>(Object.values(keptGrants).flat());

/** What each SAS parameter set has of its own. */
export const ownGrants = ['se', 'st_time', 'se_time'] as const;
const own = new Set<string>(ownGrants);
export const isOwnGrant = (name: string) => own.has(name);

/**
 * The terms of a grant, which most sets share with many: in the table `sas_terms`, each once, under a number, and there
 * alone where no view of rows shows them.
 */
export const termNames = grants.filter((name) => keptByAny.has(name) && !isOwnGrant(name));

const inRows = new Set<string>(keptGrants.sas_use);
const termsAlone = termNames.filter((name) => !inRows.has(name)).map((name) => `t."${name}"`);

/** A FROM clause of rows of `kept_sas_use`, or some of them, with all that a token's life has of its grant. */
export function withTerms(rows: string): string {
  return `(SELECT u.*, ${termsAlone.join(', ')} FROM ${rows} u LEFT JOIN sas_terms t ON u.terms = t.terms)`;
}

/** Views that show what their tables keep of grants; `granted_…` shows all. */
export type GrantView = keyof typeof keptGrants;
const views = ['sas_use', 'token_life'] as const satisfies readonly GrantView[];

const word = (text: string) => new RegExp(`\\b${text}\\b`);

const notKept = new Map(
  views.map((view) => {
    const kept = new Set<string>(keptGrants[view]);
    return [view, word(`(${grants.filter((name) => !kept.has(name)).join('|')})`)] as const;
  }),
);

/** The views of which a statement may read what is not kept. */
export function readsGrants(sql: string): readonly GrantView[] {
  return views.filter((view) => word(view).test(sql) && notKept.get(view)?.test(sql) === true);
}

/** A SELECT of all that a view derives, from the table that has the columns it keeps. */
export function withAllGrants(view: GrantView, relation: string): string {
  return withGrants(`SELECT * EXCLUDE (${keptGrants[view].join(', ')}) FROM ${relation}`);
}
