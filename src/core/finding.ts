/** Sigma's levels, from least to most urgent. */
export const levels = ['informational', 'low', 'medium', 'high', 'critical'] as const;

export type Level = (typeof levels)[number];

/** What a rule reports about one entity in one window: OCSF's detection finding. */
export interface Finding {
  /** sha256 of rule, rule version, entity and window start, 64 hex digits: the same in a live run and in a replay. */
  readonly id: string;
  /** Code of the rule, as P-02. */
  readonly rule: string;
  readonly ruleVersion: number;
  readonly title: string;
  readonly level: Level;
  readonly tags: readonly string[];
  /** What was found doing it, as `token`; and which one, as the first 128 bits of its signature hash, 32 hex digits. */
  readonly entityKind: string;
  readonly entity: string;
  readonly account: string;
  /** What tokens minted alike have in common, `family` of the view `sas_use`; null where the finding is about no token. */
  readonly family: string | null;
  /** All times: UTC microseconds of event time. */
  readonly windowStart: bigint;
  readonly firstSeen: bigint;
  readonly lastSeen: bigint;
  /** The row the rule returned, column by column. */
  readonly evidence: Readonly<Record<string, unknown>>;
  /** A statement for `saswatch query` that shows the same evidence. */
  readonly sql: string;
  /** What to do about it, for the kind of SAS at hand. */
  readonly response: string;
  /** False once a later look at the same window, with rows that came late, no longer shows it. */
  readonly open: boolean;
  /** Name of the suppression of the configuration that keeps it quiet; null for none. */
  readonly suppression: string | null;
}

const tacticTag = /^attack\.([a-z-]+)$/;

/** The ATT&CK tactics among a rule's tags, as `initial-access`. */
export function tacticsOf(tags: readonly string[]): string[] {
  return tags.flatMap((tag) => tacticTag.exec(tag)?.[1] ?? []);
}
