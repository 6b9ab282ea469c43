import { expect, it } from 'vitest';
import { findingLine } from '../../src/cli/finding-text.ts';
import { incidentLine } from '../../src/cli/incident-text.ts';
import { incidentsOf } from '../../src/detect/incident.ts';
import { findingOf } from '../detect/finding-of.ts';

const token = findingOf({ entity: '1A2D5E05A8B1E8CBDD49B01D4AEF4448' });
const network = findingOf({ entityKind: 'network', entity: '203.0.113.0/24' });

it('a line says what kind of thing a finding is about, and shortens only hashes', () => {
  expect(findingLine(token, false)).toMatch(/ {2}token 1A2D5E05A8B1E8CB… {2}account acct$/);
  expect(findingLine(network, false)).toMatch(/ {2}network 203\.0\.113\.0\/24 {2}account acct$/);
  expect(findingLine(findingOf({ entityKind: 'account', entity: 'acct' }), false)).toMatch(
    /SAS token {2,}account acct$/,
  );
});

it('the line of an incident shortens only hashes', () => {
  const lines = incidentsOf([token, network]).map((incident) => incidentLine(incident, false));
  expect(lines.join('\n')).toContain(' 1A2D5E05A8B1E8CB… ');
  expect(lines.join('\n')).toContain(' 203.0.113.0/24 ');
});
