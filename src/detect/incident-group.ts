import { type Finding, levels } from '../core/finding.ts';

/** Findings further apart than this belong to different incidents. */
const gapUs = 6n * 3_600_000_000n;
/** So many entities in one rule's findings make a storm. */
const stormEntitiesMin = 5;

/** What a finding is about, from the nearest to the widest. Posture is a moment: the token's first use. */
function keysOf({ account, entityKind, entity, family }: Finding): string[] {
  return [`${account}\n${entityKind}\n${entity}`, ...(family === null ? [] : [`${account}\nfamily\n${family}`])];
}

const endOf = ({ rule, firstSeen, lastSeen }: Finding): bigint => (rule.startsWith('P-') ? firstSeen : lastSeen);

/** Cuts findings that are in order of time where nothing was seen for longer than the gap. */
function chains(findings: readonly Finding[]): Finding[][] {
  const result: Finding[][] = [];
  let end = 0n;
  for (const finding of findings) {
    const last = result.at(-1);
    if (last === undefined || finding.firstSeen > end + gapUs) result.push([finding]);
    else last.push(finding);
    end = last === undefined || endOf(finding) > end ? endOf(finding) : end;
  }
  return result;
}

/** The findings of each key, in their order; one may have several keys. */
function by<Key>(findings: readonly Finding[], keysOf: (finding: Finding) => readonly Key[]): Finding[][] {
  const groups = new Map<Key, Finding[]>();
  for (const finding of findings) {
    for (const key of keysOf(finding)) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [finding]);
      else group.push(finding);
    }
  }
  return [...groups.values()];
}

const isBelowHigh = ({ level }: Finding): boolean => levels.indexOf(level) < levels.indexOf('high');

/**
 * Takes out the findings of one rule that concern many at once in an account, as all tokens are new after a key rotation.
 * Findings of level high and above never drown in one.
 *
 * @param findings in order of `firstSeen`.
 */
export function takeStorms(findings: readonly Finding[]): { storms: Finding[][]; rest: Finding[] } {
  const storms = by(findings.filter(isBelowHigh), ({ rule, account }) => [`${rule}\n${account}`])
    .flatMap(chains)
    .filter((chain) => new Set(chain.map(({ entity }) => entity)).size >= stormEntitiesMin);
  const taken = new Set(storms.flat());
  return { storms: united(storms), rest: findings.filter((finding) => !taken.has(finding)) };
}

/** Storms that begin within the gap of each other and concern the same tokens are one, seen by several rules. */
function united(storms: readonly Finding[][]): Finding[][] {
  const result: Finding[][] = [];
  for (const storm of storms) {
    const entities = new Set(storm.map(({ entity }) => entity));
    const start = storm[0]?.firstSeen ?? 0n;
    const other = result.find(([first, ...more]) => {
      if (first === undefined) return false;
      const apart = first.firstSeen > start ? first.firstSeen - start : start - first.firstSeen;
      return (
        apart <= gapUs &&
        [first, ...more].some(({ entity, account }) => account === storm[0]?.account && entities.has(entity))
      );
    });
    if (other === undefined) result.push([...storm]);
    else other.push(...storm);
  }
  return result.map((storm) => storm.sort((a, b) => Number(a.firstSeen - b.firstSeen) || (a.id < b.id ? -1 : 1)));
}

/**
 * Joins findings about the same entity or family that lie within the gap of each other, also over a third.
 *
 * @param findings in order of `firstSeen`.
 * @returns groups in order of their first finding, each in order of time.
 */
export function incidentGroups(findings: readonly Finding[]): Finding[][] {
  const leaders = new Map<Finding, Finding>();
  const leaderOf = (finding: Finding): Finding => {
    let leader = finding;
    for (let next = leaders.get(leader); next !== undefined; next = leaders.get(leader)) leader = next;
    return leader;
  };
  for (const [first, ...others] of by(findings, keysOf).flatMap(chains)) {
    if (first === undefined) continue;
    for (const other of others) {
      const [a, b] = [leaderOf(first), leaderOf(other)];
      if (a !== b) leaders.set(b, a);
    }
  }
  return by(findings, (finding) => [leaderOf(finding)]);
}
