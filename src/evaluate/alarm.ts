import { type Finding, type Level, tacticsOf } from '../core/finding.ts';

/** What a rule of ours or a published one says about somebody over a stretch of event time. */
export interface Alarm {
  /** Code of the rule, or name of the published one. */
  readonly rule: string;
  readonly level: Level;
  /** MITRE ATT&CK tactics the rule stands for, as `initial-access`. */
  readonly tactics: readonly string[];
  readonly account: string;
  /** First 128 bits of the signature hash, 32 hexadecimal digits; null where the rule names no token. */
  readonly token: string | null;
  /** Address of the caller, or a network as `192.0.2.0/24`; null where the rule names none. */
  readonly caller: string | null;
  /** UTC microseconds of event time. */
  readonly firstSeen: bigint;
  readonly lastSeen: bigint;
  /** When it could be known first; null where the rule does not say. */
  readonly alertAt: bigint | null;
}

/** A finding as an alarm. A finding about anything but a token or a network is about its account. */
export function alarmOf({ rule, level, tags, entityKind, entity, account, firstSeen, lastSeen }: Finding): Alarm {
  return {
    rule,
    level,
    tactics: tacticsOf(tags),
    account,
    token: entityKind === 'token' ? entity : null,
    caller: entityKind === 'network' ? entity : null,
    firstSeen,
    lastSeen,
    alertAt: null,
  };
}
