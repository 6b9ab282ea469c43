import type { Finding } from '../core/finding.ts';
import type { IncidentNews } from '../detect/incident-stream.ts';
import { findingLine, findingRow } from './finding-text.ts';
import { incidentLine, incidentRow } from './incident-text.ts';

/** Why an incident is told again. */
const again = { tactic: '  again: a new tactic', growth: '  again: ten times the findings', new: '' } as const;

interface Outlets {
  /** Prints a line for people. */
  readonly note: (line: string) => void;
  readonly colour: boolean;
  /** Prints an object for programs; null where people are told. */
  readonly object: ((row: object) => void) | null;
}

/**
 * Tells people the incidents that are new, or to be told again, with their fresh findings beneath, and how many findings belong
 * to incidents that go on as they were told; programs an object for every finding, then one for every incident told.
 *
 * @param findings that were not known, oldest first, and `news`, what they make of incidents.
 */
export function tellNews(
  findings: readonly Finding[],
  news: readonly IncidentNews[],
  { note, colour, object }: Outlets,
): void {
  const told = news.flatMap(({ reason, ...rest }) => (reason === null ? [] : [{ reason, ...rest }]));
  if (object !== null) {
    for (const finding of findings) object({ type: 'finding', ...findingRow(finding) });
    for (const { incident, reason } of told) object({ type: 'incident', reason, ...incidentRow(incident) });
    return;
  }
  for (const { incident, reason, findings: fresh } of told) {
    note(`${incidentLine(incident, colour)}${again[reason]}`);
    for (const finding of fresh) note(`  ${findingLine(finding, colour)}`);
  }
  const quiet = findings.length - told.reduce((sum, { findings: fresh }) => sum + fresh.length, 0);
  if (quiet > 0)
    note(`${quiet} more ${quiet === 1 ? 'finding' : 'findings'} of incidents that were told and go on as before`);
}
