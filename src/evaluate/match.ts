import type { Alarm } from './alarm.ts';
import type { Incident } from './truth-file.ts';

/** How long after an incident's end a finding may begin and still be about it. */
const graceUs = 15n * 60_000_000n;

/** `Initial Access` as a tag has it: `initial-access`. */
export function tacticName(tactic: string): string {
  return tactic.toLowerCase().replaceAll(' ', '-');
}

/** Whether an address is the alarm's caller or within the network it names. */
function isCaller(address: string, caller: string): boolean {
  if (address === caller) return true;
  const prefix = /^(\d+\.\d+\.\d+\.)0\/24$/.exec(caller)?.[1] ?? /^([0-9a-f:]+?):*\/64$/.exec(caller)?.[1];
  return prefix !== undefined && address.startsWith(prefix);
}

function isSameEntity({ token, caller, account }: Alarm, incident: Incident): boolean {
  if (account !== incident.entity.account) return false;
  if (token !== null) return incident.token_hashes.some((hash) => hash.startsWith(token));
  return caller === null || incident.caller_ips.some((address) => isCaller(address, caller));
}

/**
 * Whether an alarm is about an incident: same token, or where the rule names none the same account and caller, and its
 * time meets that of the incident or begins at most 15 minutes after its end.
 */
export function isAbout(alarm: Alarm, incident: Incident): boolean {
  return alarm.firstSeen <= incident.end + graceUs && alarm.lastSeen >= incident.start && isSameEntity(alarm, incident);
}

/** Whether an alarm detects an incident: it is about it and of its tactic. */
export function detects(alarm: Alarm, incident: Incident): boolean {
  return alarm.tactics.includes(tacticName(incident.tactic)) && isAbout(alarm, incident);
}
