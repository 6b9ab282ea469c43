import type { Finding } from '../core/finding.ts';
import { tokenHashOf } from './finding.ts';
import { textLiteral, timestampLiteral } from './parameter.ts';

/** The findings that a process has put, as its configuration suppresses them. */
export class ToldFindings {
  readonly #findings = new Map<string, Finding>();

  add(findings: readonly Finding[]): void {
    for (const finding of findings) this.#findings.set(finding.id, finding);
  }

  has(id: string): boolean {
    return this.#findings.has(id);
  }

  /**
   * A condition over `token_hash`, `account` and `day`: that a rule has told nothing of the token on that day.
   *
   * @param since of earlier days it does not ask, UTC microseconds.
   * @returns undefined where the rule has told nothing.
   */
  untold(rule: string, since: bigint): string | undefined {
    const told = [...this.#findings.values()].filter(
      (finding) => finding.rule === rule && finding.entityKind === 'token' && finding.windowStart >= since,
    );
    const rows = told.map(
      (finding) =>
        `(${textLiteral(tokenHashOf(finding))}::UUID, ${textLiteral(finding.account)}, ${timestampLiteral(finding.windowStart)})`,
    );
    return rows.length === 0 ? undefined : `(token_hash, account, day::TIMESTAMP) NOT IN (VALUES ${rows.join(', ')})`;
  }
}
