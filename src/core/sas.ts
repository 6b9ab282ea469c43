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
  /** contentId of the parameters as written, sorted by lower-case name. */
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
