import { workspaceAccount as account, TokenBook } from '../estate.ts';
import type { Scenario } from '../scenario-plan.ts';
import { everydayTraffic } from '../story/everyday.ts';
import { policyParameters } from '../story/readers.ts';
import { at } from '../timeline.ts';

/** One day of everything harmless and nothing else: whatever a rule says about it is a false alarm. */
export const benignDay: Scenario = {
  name: 'benign-day',
  rowsMin: 1_000,
  size: null,
  delivery: { duplicates: 0, late: 0 },
  plan(rows, seed) {
    const book = new TokenBook();
    const period = { start: at('2024-05-15T00:00Z'), end: at('2024-05-16T00:00Z') };
    const collector = book.mint({
      name: 'chat collector',
      benign: true,
      account: account.name,
      key: account.key2,
      resource: 'teams-export',
      parameters: policyParameters('chat-collector'),
    });
    const links = [{ token: undefined, period }];
    const plan = {
      seed,
      book,
      rows,
      period,
      links,
      collectorTokenAt: () => collector,
      keyRotation: Number.POSITIVE_INFINITY,
    };
    return { period, book, incidents: [], streams: everydayTraffic(plan) };
  },
};
