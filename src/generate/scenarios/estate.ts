import { planAttacks } from '../attacks/attacks.ts';
import { TokenBook } from '../estate.ts';
import { benignTraffic } from '../patterns/traffic.ts';
import type { DeliveryRates, EstateSize, Scenario } from '../scenario-plan.ts';
import { at, dayMs, type Period } from '../timeline.ts';

const size: EstateSize = { days: 30, accounts: 6 };
const delivery: DeliveryRates = { duplicates: 0.02, late: 0.001 };

/** From a Monday on. */
function periodOf({ days }: EstateSize): Period {
  const start = at('2024-06-03T00:00Z');
  return { start, end: start + Math.round(days * dayMs) };
}

/** A month, or less, of harmless habits at any number of accounts: whatever a rule says about it is a false alarm. */
export const benignMonth: Scenario = {
  name: 'benign-month',
  rowsMin: 1_000,
  size,
  delivery,
  plan(rows, seed, { days, accounts }) {
    const book = new TokenBook();
    const period = periodOf({ days, accounts });
    return { book, incidents: [], streams: benignTraffic({ rows, seed, accounts, period, book }) };
  },
};

/** The same life with twelve attacks in it, some 14,000 rows of them and of the habits they hide among. */
export const estate: Scenario = {
  name: 'estate',
  rowsMin: 30_000,
  size,
  delivery,
  plan(rows, seed, { days, accounts }) {
    const book = new TokenBook();
    const period = periodOf({ days, accounts });
    const { incidents, events } = planAttacks({ seed, accounts, period, book });
    const benign = benignTraffic({ rows: rows - events.length, seed, accounts, period, book });
    return { book, incidents, streams: [events.values(), ...benign] };
  },
};
