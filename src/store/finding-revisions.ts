import type { Finding } from '../core/finding.ts';
import { evidenceJson } from './finding-table.ts';

/** A text that is the same for findings that say the same. */
function canonical(finding: Finding): string {
  return JSON.stringify({ ...finding, evidence: evidenceJson(finding.evidence) }, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

/** Those of some findings that say something else than the known one of their id, or have none. */
export function revisedFindings(findings: readonly Finding[], known: ReadonlyMap<string, Finding>): Finding[] {
  return findings.filter((finding) => {
    const before = known.get(finding.id);
    return before === undefined || canonical(before) !== canonical(finding);
  });
}
