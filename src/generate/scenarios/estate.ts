import { AppError } from '../../core/errors.ts';
import { planAttacks } from '../attacks/attacks.ts';
import { TokenBook } from '../estate.ts';
import { benignTraffic } from '../patterns/traffic.ts';
import type { DeliveryRates, EstateSize, Scenario } from '../scenario-plan.ts';
import { at, dayMs, type Period } from '../timeline.ts';

const size: EstateSize = { days: 30, accounts: 6 };
const delivery: DeliveryRates = { duplicates: 0.02, late: 0.001 };

/** Fewer would not show an estate's habits. */
const benignRowsMin = 1_000;

/** From a Monday on. */
function periodOf({ days }: EstateSize): Period {
  const start = at('2024-06-03T00:00Z');
  return { start, end: start + Math.round(days * dayMs) };
}

/** A month, or less, of harmless habits at any number of accounts: whatever a rule says about it is a false alarm. */
export const benignMonth: Scenario = {
  name: 'benign-month',
  rowsMin: benignRowsMin,
  size,
  delivery,
  plan(rows, seed, { days, accounts }) {
    const book = new TokenBook();
    const period = periodOf({ days, accounts });
    return { period, book, incidents: [], streams: benignTraffic({ rows, seed, accounts, period, book }) };
  },
};

/** The same life with twelve attacks in it, in a month some 14,000 rows of them and of the habits they hide among. */
export const estate: Scenario = {
  name: 'estate',
  rowsMin: 10_000,
  size,
  delivery,
  plan(rows, seed, { days, accounts }) {
    const book = new TokenBook();
    const period = periodOf({ days, accounts });
    const { incidents, events } = planAttacks({ seed, accounts, period, book });
    const benignRows = rows - events.length;
    if (benignRows < benignRowsMin) {
      throw new AppError(
        'CONFIG_INVALID',
        `Scenario estate of ${days} days takes at least ${events.length + benignRowsMin} rows; ${rows} was asked for.`,
      );
    }
    const benign = benignTraffic({ rows: benignRows, seed, accounts, period, book });
    return { period, book, incidents, streams: [events.values(), ...benign] };
  },
};
