import type { Finding } from '../../src/core/finding.ts';
import { evidenceJson } from '../../src/store/finding-table.ts';

/** Findings kept in memory in the place of a catalog. */
export class FindingMemory {
  readonly kept = new Map<string, Finding>();

  async putFindings(findings: readonly Finding[]) {
    for (const finding of findings) this.kept.set(finding.id, finding);
    return { added: findings.length };
  }

  finding(id: string) {
    return this.kept.get(id);
  }

  async findings() {
    return [...this.kept.values()];
  }

  get open(): string[] {
    return [...this.kept.values()]
      .flatMap(({ rule, id, open, evidence }) => (open ? [`${rule} ${id} ${evidenceJson(evidence)}`] : []))
      .sort();
  }
}
